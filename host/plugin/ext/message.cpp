// SPDX-License-Identifier: Apache-2.0
// mesh.message/1: messages to a port of one node, and requests that have one answer.
#include "message/frame.hpp"
#include "plugin/ext/host_call.hpp"
#include "plugin/ext/permission.hpp"
#include "plugin/ext/tables.hpp"
#include "plugin/ext/views.hpp"
#include "plugin/proto/limits.hpp"

#include <string>

namespace meshhost::plugin {

namespace {

using proto::call_error;
using proto::call_result;
using proto::message_port;

call_result<> require_port(mesh_str port) {
    if (message::is_port_name(view(port))) return {};
    return call_error{
        MESH_E_INVALID,
        fmt::format("a port is 1 to {} letters, digits and . _ - /", message::port_size_max)};
}

call_result<> require_body(mesh_bytes body) {
    if (view(body).size() <= message::body_max) return {};
    return call_error{
        MESH_E_TOO_LARGE,
        fmt::format("{} bytes, at most {}", body.len, message::body_max)};
}

call_result<identity::endpoint_id> read_node(const mesh_node_id& node) {
    if (const auto id = identity::endpoint_id::from_bytes(node.b)) return *id;
    return call_error{MESH_E_INVALID, "no node has that id"};
}

byte_buffer copy_of(mesh_bytes body) {
    const bytes_view bytes = view(body);
    return {bytes.begin(), bytes.end()};
}

mesh_status serve(
    const mesh_host* host,
    mesh_str port,
    std::uint64_t tag,
    mesh_handle* out
) noexcept {
    return host_call(host, caller::strand, [&](instance_context& context) -> call_result<> {
        if (out == nullptr) return call_error{MESH_E_INVALID, "out is null"};
        if (auto fit = require_port(port); !fit) return fit;
        if (auto fit = require_created(context); !fit) return fit;
        const std::string name(view(port));
        if (auto fit = require_grant(context, "message:serve:" + name); !fit) return fit;
        return context.messages.with([&](message_port& ports) -> call_result<> {
            if (ports.serves(name))
                return call_error{MESH_E_EXISTS, "this instance serves the port already"};
            *out = ports.serve(name, tag);
            if (*out == 0)
                return call_error{
                    MESH_E_BUDGET,
                    fmt::format("{} ports, the most there can be", proto::message_ports_max)};
            if (context.link->offer(proto::up::port_opened{*out, name})) return {};
            ports.unserve(*out);
            return call_error{MESH_E_AGAIN, "too much is under way to the host"};
        });
    });
}

mesh_status unserve(const mesh_host* host, mesh_handle port) noexcept {
    return host_call(host, caller::strand, [&](instance_context& context) -> call_result<> {
        const bool was_served =
            context.messages.with([&](message_port& ports) { return ports.unserve(port); });
        if (!was_served) return call_error{MESH_E_HANDLE, "no such port is served"};
        context.link->send(proto::up::port_closed{port});
        return {};
    });
}

/// What send and request have in common.
call_result<> check_sending(const instance_context& context, mesh_str port, mesh_bytes body) {
    if (auto fit = require_port(port); !fit) return fit;
    if (auto fit = require_body(body); !fit) return fit;
    if (auto fit = require_created(context); !fit) return fit;
    return require_grant(context, "message:send:" + std::string(view(port)));
}

mesh_status send(const mesh_host* host, mesh_node_id to, mesh_str port, mesh_bytes body) noexcept {
    return host_call(host, caller::any, [&](instance_context& context) -> call_result<> {
        if (auto fit = check_sending(context, port, body); !fit) return fit;
        const auto node = read_node(to);
        if (!node) return node.error();
        const bool is_sent = context.link->offer(
            proto::up::message_said{*node, std::string(view(port)), copy_of(body)}
        );
        if (is_sent) return {};
        return call_error{MESH_E_AGAIN, "too much is under way to the host"};
    });
}

call_result<duration> read_timeout(mesh_ns timeout) {
    if (timeout == 0) return proto::request_timeout_default;
    if (timeout > 0 && duration(timeout) <= message::timeout_max) return duration(timeout);
    return call_error{MESH_E_INVALID, "a request waits from now to one hour"};
}

mesh_status request(
    const mesh_host* host,
    mesh_node_id to,
    mesh_str port,
    mesh_bytes body,
    mesh_ns timeout,
    std::uint64_t tag,
    mesh_handle* out
) noexcept {
    return host_call(host, caller::any, [&](instance_context& context) -> call_result<> {
        if (out == nullptr) return call_error{MESH_E_INVALID, "op is null"};
        if (auto fit = check_sending(context, port, body); !fit) return fit;
        const auto node = read_node(to);
        if (!node) return node.error();
        const auto wait = read_timeout(timeout);
        if (!wait) return wait.error();
        proto::up::request_made made{0, *node, std::string(view(port)), copy_of(body), *wait};
        return context.messages.with([&](message_port& ports) -> call_result<> {
            made.number = ports.ask(tag);
            if (made.number == 0)
                return call_error{
                    MESH_E_AGAIN,
                    fmt::format("{} requests wait for answers", proto::requests_made_max)};
            *out = made.number;
            if (context.link->offer(std::move(made))) return {};
            ports.settle(*out);
            return call_error{MESH_E_AGAIN, "too much is under way to the host"};
        });
    });
}

mesh_status reply(
    const mesh_host* host,
    mesh_handle request,
    mesh_status code,
    mesh_bytes body
) noexcept {
    return host_call(host, caller::any, [&](instance_context& context) -> call_result<> {
        if (auto fit = require_body(body); !fit) return fit;
        proto::up::request_answered answer{0, code, copy_of(body)};
        return context.messages.with([&](message_port& ports) -> call_result<> {
            const auto number = ports.number_of(request);
            if (!number)
                return call_error{
                    MESH_E_HANDLE,
                    "no such request waits: it was answered, or nobody waits for it any more"};
            answer.number = *number;
            if (!context.link->offer(std::move(answer)))
                return call_error{MESH_E_AGAIN, "too much is under way to the host"};
            ports.answer(request);
            return {};
        });
    });
}

mesh_status cancel(const mesh_host* host, mesh_handle request) noexcept {
    return host_call(host, caller::any, [&](instance_context& context) -> call_result<> {
        const bool is_asked =
            context.messages.with([&](message_port& ports) { return ports.has_asked(request); });
        if (!is_asked) return call_error{MESH_E_HANDLE, "no such request waits"};
        if (context.link->offer(proto::up::request_given_up{request})) return {};
        return call_error{MESH_E_AGAIN, "too much is under way to the host"};
    });
}

constexpr mesh_message_v1 entries() noexcept {
    mesh_message_v1 table{};
    table.serve = serve;
    table.unserve = unserve;
    table.send = send;
    table.request = request;
    table.reply = reply;
    table.cancel = cancel;
    return table;
}

constexpr guarded_table<mesh_message_v1> guarded{entries()};

}  // namespace

const void* message_table() noexcept {
    return &guarded.table;
}

}  // namespace meshhost::plugin
