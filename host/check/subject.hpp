// SPDX-License-Identifier: Apache-2.0
#pragma once
// The role on trial, the steps of its life, and the rules that hold in every trial.
#include <mesh/testing.hpp>

#include "check/report.hpp"
#include "plugin/plugin_role.hpp"

#include <string>

namespace meshhost::check {

/// What a trial needs to know of the role, and the plugin table that a fake host takes.
struct subject {
    const plugin::role_description* role;
    const mesh_role* roles[1];
    mesh_plugin plugin{};
    int level;
    mutable int findings = 0;  ///< that were said

    subject(const plugin::role_description& of, int of_level)
        : role(&of)
        , roles{of.table}
        , level(of_level) {
        plugin.magic = MESH_PLUGIN_MAGIC;
        plugin.struct_size = sizeof plugin;
        plugin.role_count = 1;
        plugin.roles = roles;
    }
    subject(const subject&) = delete;
    subject& operator=(const subject&) = delete;

    /// Gives it values for the keys that an operator has to set.
    void configure(mesh::testing::fake_host& host) const;
    void say(verdict how, const char* check, std::string what, std::string remedy = {}) const;
    void fail(const char* check, std::string what, std::string remedy) const;
};

// Each says which step it is before it is taken, for the parent to know who died where.
mesh_status create(mesh::testing::fake_host& host);
mesh_status start(mesh::testing::fake_host& host);
mesh_status stop(mesh::testing::fake_host& host);
void destroy(mesh::testing::fake_host& host);
void end_life(mesh::testing::fake_host& host);  ///< stop and destroy

/// Configures, creates and starts; false when that did not go well, which is said as `check`.
bool begin_life(const subject& on, mesh::testing::fake_host& host, const char* check);

/// The strand, the handles, the end. `may_leave`: what should have closed something was made to
/// fail.
void judge_manners(
    const subject& on,
    const mesh::testing::fake_host& host,
    const char* check,
    bool may_leave = false
);

/// ": what the plugin said with set_error()", or nothing.
std::string words_of(const mesh::testing::fake_host& host);

}  // namespace meshhost::check
