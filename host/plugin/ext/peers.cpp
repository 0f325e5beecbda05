// SPDX-License-Identifier: Apache-2.0
// mesh.peers/1: the other nodes, as the latest snapshot has them.
#include "plugin/ext/host_call.hpp"
#include "plugin/ext/peer_abi.hpp"
#include "plugin/ext/tables.hpp"
#include "plugin/ext/views.hpp"
#include "plugin/proto/limits.hpp"

#include <algorithm>
#include <cstring>

namespace meshhost::plugin {

namespace {

using proto::call_error;
using proto::call_result;
using proto::peer_view;

/// The host fills what the caller has room for. 1.0's part is always there.
call_result<> fill(mesh_peer* out, mesh_peer from) noexcept {
    constexpr std::size_t size_min = offsetof(mesh_peer, reserved) + sizeof from.reserved;
    if (out == nullptr || out->struct_size < size_min) {
        return call_error{MESH_E_INVALID, "struct_size of the peer is not set"};
    }
    from.struct_size = out->struct_size;
    std::memcpy(out, &from, std::min<std::size_t>(out->struct_size, sizeof from));
    return {};
}

mesh_status self(const mesh_host* host, mesh_peer* out) noexcept {
    return host_call(host, caller::any, [&](const instance_context& context) -> call_result<> {
        const node_self& node = context.facts.self;
        mesh_peer from{};
        from.state = MESH_PEER_UP;
        from.id = to_abi(node.id);
        from.roles = to_abi(std::string_view(node.roles));
        from.since = node.since.time_since_epoch().count();
        return fill(out, from);
    });
}

/// The cursor is the position in the snapshot, which does not change during a callback.
mesh_status next(const mesh_host* host, std::uint64_t* cursor, mesh_peer* out) noexcept {
    return host_call(host, caller::strand, [&](const instance_context& context) -> call_result<> {
        if (cursor == nullptr) return call_error{MESH_E_INVALID, "cursor is null"};
        const proto::peer_snapshot& peers = context.peers.snapshot();
        while (*cursor < peers.size()) {
            const auto& [id, peer] = *peers.nth(*cursor);
            ++*cursor;
            if (is_present(peer)) return fill(out, to_abi(id, peer));
        }
        return call_error{MESH_E_NOT_FOUND, "no more peers"};
    });
}

mesh_status find(const mesh_host* host, mesh_node_id id, mesh_peer* out) noexcept {
    return host_call(host, caller::strand, [&](const instance_context& context) -> call_result<> {
        const proto::peer_snapshot& peers = context.peers.snapshot();
        const auto found = find_by_abi(peers, id);
        if (found != peers.end() && is_present(found->second)) {
            return fill(out, to_abi(found->first, found->second));
        }
        return call_error{MESH_E_NOT_FOUND, "no such peer is present"};
    });
}

mesh_status watch(
    const mesh_host* host,
    mesh_str role,
    std::uint64_t tag,
    mesh_handle* out
) noexcept {
    return host_call(host, caller::strand, [&](instance_context& context) -> call_result<> {
        if (out == nullptr) return call_error{MESH_E_INVALID, "out is null"};
        if (role.len > proto::role_name_max) return call_error{MESH_E_INVALID, "no such role"};
        *out = context.peers.watch(std::string(view(role)), tag);
        if (*out != 0) return {};
        return call_error{MESH_E_BUDGET, "too many watches of peers"};
    });
}

mesh_status unwatch(const mesh_host* host, mesh_handle watch) noexcept {
    return host_call(host, caller::strand, [&](instance_context& context) -> call_result<> {
        if (context.peers.unwatch(watch)) return {};
        return call_error{MESH_E_HANDLE, "no such watch of peers"};
    });
}

constexpr mesh_peers_v1 entries() noexcept {
    mesh_peers_v1 table{};
    table.self = self;
    table.next = next;
    table.find = find;
    table.watch = watch;
    table.unwatch = unwatch;
    return table;
}

constexpr guarded_table<mesh_peers_v1> guarded{entries()};

}  // namespace

const void* peers_table() noexcept {
    return &guarded.table;
}

}  // namespace meshhost::plugin
