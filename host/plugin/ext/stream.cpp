// SPDX-License-Identifier: Apache-2.0
// mesh.stream/1: protocols of the plugin's own over the host's endpoint. Nothing waits for the
// host: what can be known here is refused here, the rest comes as an event.
#include "plugin/ext/host_call.hpp"
#include "plugin/ext/tables.hpp"
#include "plugin/ext/views.hpp"
#include "plugin/guarded_table.hpp"
#include "plugin/plugin_fault.hpp"
#include "plugin/proto/reserved_alpn.hpp"
#include "plugin/proto/stream_codes.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cstring>

namespace meshhost::plugin {

namespace {

using proto::call_error;
using proto::call_result;

call_error missing(const char* what) {
    return {MESH_E_INVALID, fmt::format("{} is null", what)};
}

call_result<> check_code(std::uint64_t code) {
    if (code <= proto::stream_code::max) return {};
    return call_error{MESH_E_INVALID, "a code has at most 62 bits"};
}

/// May this instance use the ALPN, at either end?
call_result<> check_alpn(const instance_context& context, std::string_view alpn) {
    if (!context.gate.is_created()) {
        return call_error{MESH_E_STATE, "no network in create: listen and connect from start on"};
    }
    if (alpn.empty() || alpn.size() > proto::alpn_max) {
        return call_error{MESH_E_INVALID, "an ALPN is 1..255 bytes"};
    }
    const std::string shown = one_line(alpn, proto::alpn_max);
    if (proto::is_reserved_alpn(alpn, context.facts.reserved_alpns)) {
        return call_error{MESH_E_EXISTS, fmt::format("the ALPN {} is the host's own", shown)};
    }
    if (context.facts.grants.allows(fmt::format("alpn:{}", alpn))) return {};
    return call_error{
        MESH_E_DENIED,
        fmt::format(
            "the operator did not grant \"alpn:{}\" (plugin.{}.grant)",
            shown,
            context.facts.instance
        )};
}

call_result<proto::listen_terms> terms_of(const mesh_listen_opts* options) {
    if (options == nullptr) return proto::listen_terms{};
    constexpr std::size_t size_min =
        offsetof(mesh_listen_opts, recv_window) + sizeof options->recv_window;
    if (options->struct_size < size_min) {
        return call_error{MESH_E_INVALID, "struct_size of the options is not set"};
    }
    if (options->flags != 0) return call_error{MESH_E_UNSUPPORTED, "unknown flags"};
    return proto::listen_terms{
        options->max_conns,
        options->max_streams_per_conn,
        options->recv_window};
}

/// Sends what the port made of a call.
template <class Message>
call_result<> pass_on(instance_context& context, call_result<Message> made) {
    if (!made) return made.error();
    context.link->send(std::move(*made));
    return {};
}

mesh_status listen(
    const mesh_host* host,
    mesh_bytes alpn,
    const mesh_listen_opts* options,
    std::uint64_t tag,
    mesh_handle* out
) noexcept {
    return host_call(host, caller::strand, [&](instance_context& context) -> call_result<> {
        if (out == nullptr) return missing("out");
        const std::string name(as_text(view(alpn)));
        if (auto allowed = check_alpn(context, name); !allowed) return allowed;
        const auto terms = terms_of(options);
        if (!terms) return terms.error();
        auto made = context.streams.listen(name, *terms, tag);
        if (made) *out = made->listener;
        return pass_on(context, std::move(made));
    });
}

mesh_status unlisten(const mesh_host* host, mesh_handle listener) noexcept {
    return host_call(host, caller::strand, [&](instance_context& context) {
        return pass_on(context, context.streams.unlisten(listener));
    });
}

mesh_status accept(const mesh_host* host, mesh_handle connection, std::uint64_t tag) noexcept {
    return host_call(host, caller::strand, [&](instance_context& context) {
        return pass_on(context, context.streams.accept(connection, tag));
    });
}

mesh_status reject(
    const mesh_host* host,
    mesh_handle connection,
    std::uint64_t code,
    mesh_str reason
) noexcept {
    return host_call(host, caller::strand, [&](instance_context& context) -> call_result<> {
        if (auto valid = check_code(code); !valid) return valid;
        return pass_on(
            context,
            context.streams.reject(
                connection,
                code,
                std::string(view(reason).substr(0, proto::close_words_max))
            )
        );
    });
}

mesh_status connect(
    const mesh_host* host,
    mesh_node_id to,
    mesh_bytes alpn,
    std::uint64_t tag,
    mesh_handle* connection
) noexcept {
    return host_call(host, caller::strand, [&](instance_context& context) -> call_result<> {
        if (connection == nullptr) return missing("conn");
        const std::string name(as_text(view(alpn)));
        if (auto allowed = check_alpn(context, name); !allowed) return allowed;
        const auto peer = identity::endpoint_id::from_bytes(to.b);
        if (!peer) return call_error{MESH_E_INVALID, "that is no node's id"};
        auto made = context.streams.connect(*peer, name, tag);
        if (made) *connection = made->connection;
        return pass_on(context, std::move(made));
    });
}

mesh_status close(
    const mesh_host* host,
    mesh_handle connection,
    std::uint64_t code,
    mesh_str reason
) noexcept {
    return host_call(host, caller::strand, [&](instance_context& context) -> call_result<> {
        if (auto valid = check_code(code); !valid) return valid;
        return pass_on(
            context,
            context.streams.close(
                connection,
                code,
                std::string(view(reason).substr(0, proto::close_words_max))
            )
        );
    });
}

mesh_status open(
    const mesh_host* host,
    mesh_handle connection,
    std::uint32_t kind,
    std::uint64_t tag,
    mesh_handle* stream
) noexcept {
    return host_call(host, caller::strand, [&](instance_context& context) -> call_result<> {
        if (stream == nullptr) return missing("stream");
        if (kind > MESH_STREAM_UNI) return call_error{MESH_E_INVALID, "no such kind of stream"};
        const std::size_t most = context.facts.role->budget.streams;
        if (context.streams.streams() >= most) {
            return over_budget(
                context,
                proto::budget_kind::streams,
                fmt::format("{} streams are open, the most there can be", most)
            );
        }
        auto made = context.streams.open(connection, kind == MESH_STREAM_BIDI, tag);
        if (made) *stream = made->stream;
        return pass_on(context, std::move(made));
    });
}

mesh_status read(
    const mesh_host* host,
    mesh_handle stream,
    std::uint8_t* buffer,
    std::size_t capacity,
    std::size_t* size,
    std::uint32_t* flags
) noexcept {
    return host_call(host, caller::strand, [&](instance_context& context) -> call_result<> {
        if (buffer == nullptr || capacity == 0) return missing("buf, or of no size,");
        if (size == nullptr) return missing("n");
        *size = 0;
        if (flags != nullptr) *flags = 0;
        const auto done = context.streams.read(stream, {buffer, capacity});
        if (!done) return done.error();
        *size = done->size;
        if (flags != nullptr && done->is_last) *flags = MESH_STREAM_FIN;
        if (done->credit) context.link->send(*done->credit);
        return {};
    });
}

mesh_status write(
    const mesh_host* host,
    mesh_handle stream,
    mesh_bytes data,
    std::uint32_t flags,
    std::size_t* taken
) noexcept {
    return host_call(host, caller::strand, [&](instance_context& context) -> call_result<> {
        if (taken == nullptr) return missing("taken");
        *taken = 0;
        if ((flags & ~std::uint32_t{MESH_STREAM_FIN}) != 0) {
            return call_error{MESH_E_UNSUPPORTED, "unknown flags"};
        }
        const bool is_last = (flags & MESH_STREAM_FIN) != 0;
        auto message = context.streams.write(stream, view(data), is_last);
        if (!message) return message.error();
        const std::size_t size = message->data.size();
        if (size == 0) {  // its end alone, or nothing at all
            if (message->is_last) context.link->send(std::move(*message));
            return {};
        }
        const proto::link_number number = message->stream;
        if (!context.link->offer(std::move(*message))) {
            context.streams.take_back(number, size);
            return call_error{MESH_E_AGAIN, "no room: wait for MESH_EV_STREAM_WRITABLE"};
        }
        *taken = size;
        return {};
    });
}

mesh_status give_up(
    const mesh_host* host,
    mesh_handle stream,
    proto::stream_side side,
    std::uint64_t code
) noexcept {
    return host_call(host, caller::strand, [&](instance_context& context) -> call_result<> {
        if (auto valid = check_code(code); !valid) return valid;
        return pass_on(context, context.streams.give_up(stream, side, code));
    });
}

mesh_status reset(const mesh_host* host, mesh_handle stream, std::uint64_t code) noexcept {
    return give_up(host, stream, proto::stream_side::sending, code);
}

mesh_status stop(const mesh_host* host, mesh_handle stream, std::uint64_t code) noexcept {
    return give_up(host, stream, proto::stream_side::receiving, code);
}

mesh_status set_tag(const mesh_host* host, mesh_handle any, std::uint64_t tag) noexcept {
    return host_call(host, caller::strand, [&](instance_context& context) -> call_result<> {
        if (context.streams.set_tag(any, tag)) return {};
        return call_error{MESH_E_HANDLE, "no such listener, connection or stream"};
    });
}

constexpr mesh_stream_v1 entries() noexcept {
    mesh_stream_v1 table{};
    table.listen = listen;
    table.unlisten = unlisten;
    table.accept = accept;
    table.reject = reject;
    table.connect = connect;
    table.close = close;
    table.open = open;
    table.read = read;
    table.write = write;
    table.reset = reset;
    table.stop = stop;
    table.set_tag = set_tag;
    return table;
}

constexpr guarded_table<mesh_stream_v1> guarded{entries()};

}  // namespace

const void* stream_table() noexcept {
    return &guarded.table;
}

}  // namespace meshhost::plugin
