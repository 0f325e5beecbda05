// SPDX-License-Identifier: Apache-2.0
// mesh.state/1: what survives a restart. Reads and stages here and now; commits off the strand.
#include "plugin/ext/host_call.hpp"
#include "plugin/ext/tables.hpp"
#include "plugin/ext/views.hpp"

#include <spdlog/fmt/fmt.h>

namespace meshhost::plugin {

namespace {

using proto::call_error;
using proto::call_result;

/// Every use of the store on the strand; a file that had to be set aside is told of once.
template <class Body>
mesh_status on_state(const mesh_host* host, Body&& body) noexcept {
    return host_call(host, caller::strand, [&](instance_context& context) -> call_result<> {
        call_result<> done = body(context.state);
        if (auto notice = context.state.take_notice(); !notice.empty())
            context.link->send(proto::up::faulted{"MP315", std::move(notice)});
        return done;
    });
}

mesh_status dir(const mesh_host* host, mesh_str* path) noexcept {
    return host_call(host, caller::any, [&](instance_context& context) -> call_result<> {
        if (path == nullptr) return call_error{MESH_E_INVALID, "path is null"};
        const auto made = context.state.directory();
        if (!made) return made.error();
        *path = to_abi(*made);
        return {};
    });
}

mesh_status get(
    const mesh_host* host,
    mesh_str key,
    std::uint8_t* buffer,
    std::size_t capacity,
    std::size_t* size
) noexcept {
    return on_state(host, [&](state_store& state) -> call_result<> {
        if (buffer == nullptr && capacity > 0) return call_error{MESH_E_INVALID, "buf is null"};
        if (size == nullptr) return call_error{MESH_E_INVALID, "len is null"};
        const auto found = state.get(view(key), {buffer, capacity});
        if (!found) return found.error();
        *size = *found;
        if (*found <= capacity) return {};
        return call_error{
            MESH_E_TOO_LARGE,
            fmt::format("the value has {} bytes, the buffer {}", *found, capacity)};
    });
}

mesh_status put(const mesh_host* host, mesh_str key, mesh_bytes value) noexcept {
    return on_state(host, [&](state_store& state) -> call_result<> {
        if (value.ptr == nullptr && value.len > 0) {
            return call_error{MESH_E_INVALID, "value is null"};
        }
        if (value.len > proto::state_value_max) {
            return call_error{
                MESH_E_TOO_LARGE,
                fmt::format("a value has at most {} bytes", proto::state_value_max)};
        }
        const bytes_view bytes = view(value);
        return state.stage(view(key), byte_buffer(bytes.begin(), bytes.end()));
    });
}

mesh_status del(const mesh_host* host, mesh_str key) noexcept {
    return on_state(host, [&](state_store& state) { return state.stage(view(key), std::nullopt); });
}

mesh_status next(
    const mesh_host* host,
    mesh_str prefix,
    std::uint64_t* cursor,
    mesh_str* key
) noexcept {
    return on_state(host, [&](state_store& state) -> call_result<> {
        if (cursor == nullptr || key == nullptr) {
            return call_error{MESH_E_INVALID, "cursor or key is null"};
        }
        const auto found = state.next(view(prefix), *cursor);
        if (!found) return found.error();
        *key = to_abi(*found);
        return {};
    });
}

mesh_status commit(const mesh_host* host, std::uint64_t tag, mesh_handle* operation) noexcept {
    return on_state(host, [&](state_store& state) -> call_result<> {
        const auto made = state.commit(tag);
        if (!made) return made.error();
        if (operation != nullptr) *operation = *made;
        return {};
    });
}

constexpr mesh_state_v1 entries() noexcept {
    mesh_state_v1 table{};
    table.dir = dir;
    table.get = get;
    table.put = put;
    table.del = del;
    table.next = next;
    table.commit = commit;
    return table;
}

constexpr guarded_table<mesh_state_v1> guarded{entries()};

}  // namespace

const void* state_table() noexcept {
    return &guarded.table;
}

}  // namespace meshhost::plugin
