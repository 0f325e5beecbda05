// SPDX-License-Identifier: Apache-2.0
// mesh.digest/1: what this role says of itself, and what others say of themselves.
#include "plugin/ext/host_call.hpp"
#include "plugin/ext/peer_abi.hpp"
#include "plugin/ext/tables.hpp"
#include "plugin/ext/views.hpp"
#include "plugin/proto/limits.hpp"
#include "plugin/strand_clock.hpp"

#include <cstring>
#include <string>
#include <vector>

namespace meshhost::plugin {

namespace {

using proto::call_error;
using proto::call_result;

constexpr std::uint32_t known_flags = MESH_DIGEST_LOCAL_ONLY | MESH_DIGEST_STICKY;

std::string text_of(const char* text) {
    return text == nullptr ? std::string() : std::string(text, ::strnlen(text, proto::text_max));
}

proto::digest_key read_key(const mesh_digest_key& key) {
    return {
        .name = text_of(key.name),
        .unit = text_of(key.unit),
        .type = key.type,
        .kind = key.kind,
        .max_len = key.max_len,
        .local_only = (key.flags & MESH_DIGEST_LOCAL_ONLY) != 0,
        .min_interval = duration(key.min_interval),
        .epsilon = key.epsilon,
    };
}

mesh_status declare(
    const mesh_host* host,
    const mesh_digest_key* keys,
    std::size_t count
) noexcept {
    return host_call(host, caller::strand, [&](instance_context& context) -> call_result<> {
        if (context.gate.is_created()) return call_error{MESH_E_STATE, "declare in create only"};
        if (keys == nullptr && count > 0) return call_error{MESH_E_INVALID, "keys is null"};
        if (count > proto::digest_keys_max)
            return call_error{MESH_E_INVALID, "too many digest keys"};
        std::vector<proto::digest_key> read;
        for (std::size_t i = 0; i < count; ++i) {
            if ((keys[i].flags & ~known_flags) != 0) {
                return call_error{MESH_E_UNSUPPORTED, "unknown flag of a digest key"};
            }
            read.push_back(read_key(keys[i]));
        }
        return context.digest.declare(std::move(read));
    });
}

/// From any thread: what is wrong is said at once, what is right reaches the strand in order.
call_result<> update(
    instance_context& context,
    std::uint32_t key,
    peers::proto::digest_value value
) {
    if (auto fit = context.digest.check(key, value); !fit) return fit;
    if (context.gate.on_strand()) {
        context.digest.set(key, std::move(value));
        return {};
    }
    if (context.queue->push(digest_update{key, std::move(value)})) return {};
    return call_error{MESH_E_AGAIN, "the queue towards the strand is full"};
}

mesh_status set(const mesh_host* host, std::uint32_t key, const mesh_value* value) noexcept {
    return host_call(host, caller::any, [&](instance_context& context) -> call_result<> {
        auto read = value == nullptr ? std::nullopt : from_abi(*value);
        if (!read) return call_error{MESH_E_INVALID, "not a value"};
        return update(context, key, std::move(*read));
    });
}

mesh_status clear(const mesh_host* host, std::uint32_t key) noexcept {
    return host_call(host, caller::any, [&](instance_context& context) {
        return update(context, key, std::monostate{});
    });
}

mesh_status get(
    const mesh_host* host,
    mesh_node_id node,
    mesh_str role,
    mesh_str key,
    mesh_value* out,
    mesh_ns* age
) noexcept {
    return host_call(host, caller::strand, [&](const instance_context& context) -> call_result<> {
        if (out == nullptr) return call_error{MESH_E_INVALID, "out is null"};
        const proto::peer_snapshot& peers = context.peers.snapshot();
        const auto peer = find_by_abi(peers, node);
        if (peer == peers.end() || !is_present(peer->second)) {
            return call_error{MESH_E_NOT_FOUND, "no such peer is present"};
        }
        const auto* const item = proto::find_contribution(peer->second, view(role), view(key));
        if (item == nullptr) return call_error{MESH_E_NOT_FOUND, "the peer has no such value"};
        *out = to_abi(item->value);
        if (age != nullptr) *age = (strand_now() - peer->second.digest_received).count();
        return {};
    });
}

mesh_status watch(
    const mesh_host* host,
    mesh_str role,
    mesh_str glob,
    std::uint64_t tag,
    mesh_handle* out
) noexcept {
    return host_call(host, caller::strand, [&](instance_context& context) -> call_result<> {
        if (out == nullptr) return call_error{MESH_E_INVALID, "out is null"};
        if (role.len > proto::role_name_max) return call_error{MESH_E_INVALID, "no such role"};
        if (glob.len > proto::digest_name_max) return call_error{MESH_E_INVALID, "no such key"};
        *out = context.digests.watch(std::string(view(role)), std::string(view(glob)), tag);
        if (*out != 0) return {};
        return call_error{MESH_E_BUDGET, "too many watches of digests"};
    });
}

mesh_status unwatch(const mesh_host* host, mesh_handle watch) noexcept {
    return host_call(host, caller::strand, [&](instance_context& context) -> call_result<> {
        if (context.digests.unwatch(watch)) return {};
        return call_error{MESH_E_HANDLE, "no such watch of digests"};
    });
}

constexpr mesh_digest_v1 entries() noexcept {
    mesh_digest_v1 table{};
    table.declare = declare;
    table.set = set;
    table.clear = clear;
    table.get = get;
    table.watch = watch;
    table.unwatch = unwatch;
    return table;
}

constexpr guarded_table<mesh_digest_v1> guarded{entries()};

}  // namespace

const void* digest_table() noexcept {
    return &guarded.table;
}

}  // namespace meshhost::plugin
