// SPDX-License-Identifier: Apache-2.0
#pragma once
// The calls into a plugin. Each reports how it went, also when what must not happen happens: an
// exception that crosses the ABI.
#include <mesh/plugin.h>

#include "base/bytes.hpp"
#include "plugin/call_watch.hpp"
#include "plugin/proto/handle_table.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace meshhost::plugin {

struct call_report {
    mesh_status status = MESH_OK;
    bool crossed = false;  ///< an exception came out; `words` are its
    std::string words;     ///< what the plugin said with set_error() during the call
};

/// One role, and its instance once there is one. The strand.
class role_calls {
public:
    /// `role` is complete (see plugin_role.hpp).
    role_calls(const mesh_role& role, call_watch& watch) noexcept
        : role_(role)
        , watch_(watch) {}

    call_report create(const mesh_host* host);
    call_report start();
    call_report drain(mesh_ns deadline);
    call_report stop();
    call_report destroy();
    call_report on_event(const mesh_event& event);
    /// mesh.plugin.worker/1 run(). Any thread, while there is an instance; precondition: can_run().
    call_report run(std::uint64_t tag, void* job) const;
    bool can_run() const noexcept;
    /// mesh.plugin.config/1. Precondition: takes_config().
    call_report validate() const;
    call_report apply() const;
    bool takes_config() const noexcept;
    // mesh.plugin.handoff/1. Precondition: handoff() is not null.
    /// The state goes to `blob`, as far as it is small enough.
    call_report save(byte_buffer& blob);
    call_report restore(std::uint32_t format, bytes_view blob);
    call_report adopt(proto::handle handle, std::uint32_t kind, std::uint64_t& tag);
    /// nullptr when the role has none, or it lacks a function.
    const mesh_plugin_handoff_v1* handoff();

    /// An exception from where on_event() is called, on purpose: the plugin is not called.
    call_report throw_now();

    bool has_instance() const noexcept { return self_ != nullptr; }
    /// Otherwise the role is drained as soon as it is told.
    bool has_drain() const noexcept { return role_.drain != nullptr; }

private:
    template <class Table>
    const Table* extension(const char* id, std::size_t size_min) const noexcept;

    const mesh_role& role_;
    call_watch& watch_;
    mesh_instance* self_ = nullptr;
};

}  // namespace meshhost::plugin
