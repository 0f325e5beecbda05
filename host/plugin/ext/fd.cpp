// SPDX-License-Identifier: Apache-2.0
// mesh.fd/1: descriptors of the plugin's own, in the wait of its strand.
#include "plugin/ext/host_call.hpp"
#include "plugin/ext/tables.hpp"
#include "plugin/guarded_table.hpp"

#include <spdlog/fmt/fmt.h>

#include <fcntl.h>

namespace meshhost::plugin {

namespace {

using proto::call_error;
using proto::call_result;

mesh_status watch(
    const mesh_host* host,
    std::int32_t fd,
    std::uint32_t interest,
    std::uint64_t tag,
    mesh_handle* out
) noexcept {
    return host_call(host, caller::strand, [&](instance_context& context) -> call_result<> {
        if (out == nullptr) return call_error{MESH_E_INVALID, "out is null"};
        if (::fcntl(fd, F_GETFD) < 0) {
            return call_error{MESH_E_INVALID, fmt::format("{} is no open descriptor", fd)};
        }
        const auto made = context.fds.watch(fd, interest, tag);
        if (!made) return made.error();
        *out = *made;
        return {};
    });
}

mesh_status modify(const mesh_host* host, mesh_handle watch, std::uint32_t interest) noexcept {
    return host_call(host, caller::strand, [&](instance_context& context) {
        return context.fds.modify(watch, interest);
    });
}

mesh_status unwatch(const mesh_host* host, mesh_handle watch) noexcept {
    return host_call(host, caller::strand, [&](instance_context& context) -> call_result<> {
        if (context.fds.unwatch(watch)) return {};
        return call_error{MESH_E_HANDLE, "no such watch of a descriptor"};
    });
}

constexpr mesh_fd_v1 entries() noexcept {
    mesh_fd_v1 table{};
    table.watch = watch;
    table.modify = modify;
    table.unwatch = unwatch;
    return table;
}

constexpr guarded_table<mesh_fd_v1> guarded{entries()};

}  // namespace

const void* fd_table() noexcept {
    return &guarded.table;
}

}  // namespace meshhost::plugin
