// SPDX-License-Identifier: Apache-2.0
#pragma once
// A control group (version 2) for each role in a process of its own: the kernel's limit of its CPU
// and memory, whatever the process does, and of how many processes it makes. Only in a part of the
// hierarchy that is the host's to divide (the kernel's admin-guide/cgroup-v2, "Delegation").
#include "plugin/proto/process_limits.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace meshhost::plugin {

class worker_groups {
public:
    /// In `where`; empty: in the host's own group if the service manager has handed it over.
    /// Nothing is made, and the host does not move, before the first make().
    explicit worker_groups(
        std::filesystem::path where,
        std::filesystem::path proc = "/proc/self",
        std::filesystem::path cgroups = "/sys/fs/cgroup"
    );

    /// The group for `instance`, with these limits, made or made anew. nullopt: why_not() has
    /// words.
    std::optional<std::filesystem::path> make(
        const std::string& instance,
        const proto::process_limits& limits
    );
    const std::string& why_not() const noexcept { return why_not_; }

private:
    bool prepare();
    bool refuse(std::string why);

    std::filesystem::path where_;  ///< empty: nowhere
    bool is_own_ = false;          ///< the host is in there itself, and has to move
    bool is_prepared_ = false;
    std::string why_not_;
};

/// Puts this process there. False: errno says why.
bool enter_group(const std::filesystem::path& group);

/// Kills what is left in it. One whose last process is still dying stays, empty, for the next
/// make().
void remove_group(const std::filesystem::path& group);

}  // namespace meshhost::plugin
