// SPDX-License-Identifier: Apache-2.0
// mesh.trace/1: spans of a role's work, which may go on at another node.
#include "plugin/attributes.hpp"
#include "plugin/ext/host_call.hpp"
#include "plugin/ext/tables.hpp"
#include "plugin/ext/views.hpp"
#include "plugin/proto/limits.hpp"
#include "plugin/proto/plain_text.hpp"
#include "plugin/strand_clock.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>

namespace meshhost::plugin {

namespace {

using proto::call_error;
using proto::call_result;

const call_error unknown_span{MESH_E_HANDLE, "no such span is open"};

proto::span_context read_context(const mesh_span_context& from) {
    proto::span_context context;
    std::copy(std::begin(from.trace_id), std::end(from.trace_id), context.trace.begin());
    std::copy(std::begin(from.span_id), std::end(from.span_id), context.id.begin());
    context.flags = from.flags;
    return context;
}

mesh_status begin(
    const mesh_host* host,
    mesh_str name,
    std::uint32_t kind,
    mesh_handle parent,
    const mesh_span_context* remote,
    mesh_handle* span
) noexcept {
    return host_call(host, caller::any, [&](instance_context& context) -> call_result<> {
        if (span == nullptr) return call_error{MESH_E_INVALID, "span is null"};
        if (kind > static_cast<std::uint32_t>(telemetry::span_kind::consumer)) {
            return call_error{MESH_E_UNSUPPORTED, "no such kind of span"};
        }
        proto::span_start start{
            .name = proto::plain_text(view(name), proto::span_name_max),
            .kind = static_cast<telemetry::span_kind>(kind),
            .parent = parent,
            .remote = std::nullopt};
        if (remote != nullptr) {
            start.remote = read_context(*remote);
            if (start.remote->trace == telemetry::trace_id{}) start.remote.reset();
        }
        *span = context.trace.begin(std::move(start));
        if (*span != 0) return {};
        return call_error{
            MESH_E_BUDGET,
            fmt::format("{} spans are open, the most there can be", proto::spans_open_max)};
    });
}

void attrs(
    const mesh_host* host,
    mesh_handle span,
    const mesh_attr* given,
    std::size_t count
) noexcept {
    host_call(host, caller::any, [&](instance_context& context) -> call_result<> {
        const auto bounded = attributes_of(given, count, proto::span_attributes_max);
        if (context.trace.add(span, read_attributes(bounded, proto::span_attributes_max)))
            return {};
        return unknown_span;
    });
}

void event(
    const mesh_host* host,
    mesh_handle span,
    mesh_str name,
    const mesh_attr* given,
    std::size_t count
) noexcept {
    host_call(host, caller::any, [&](instance_context& context) -> call_result<> {
        const auto bounded = attributes_of(given, count, proto::span_attributes_max);
        telemetry::span_event happened{
            proto::plain_text(view(name), proto::span_name_max),
            wall_now(),
            read_attributes(bounded, proto::span_attributes_max)};
        if (context.trace.add(span, std::move(happened))) return {};
        return unknown_span;
    });
}

void end(const mesh_host* host, mesh_handle span, mesh_status status, mesh_str message) noexcept {
    host_call(host, caller::any, [&](instance_context& context) -> call_result<> {
        std::string words = proto::plain_text(view(message), proto::message_max);
        if (status < 0 && words.empty()) words = proto::status_name(status);
        if (context.trace.end(span, status >= 0, std::move(words), *context.link)) return {};
        return unknown_span;
    });
}

mesh_status context_of_span(
    const mesh_host* host,
    mesh_handle span,
    mesh_span_context* out
) noexcept {
    return host_call(host, caller::any, [&](instance_context& context) -> call_result<> {
        if (out == nullptr) return call_error{MESH_E_INVALID, "out is null"};
        const auto found = context.trace.context(span);
        if (!found) return unknown_span;
        *out = {};
        std::copy(found->trace.begin(), found->trace.end(), std::begin(out->trace_id));
        std::copy(found->id.begin(), found->id.end(), std::begin(out->span_id));
        out->flags = found->flags;
        return {};
    });
}

mesh_handle current(const mesh_host* host) noexcept {
    mesh_handle found = 0;
    host_call(host, caller::strand, [&](const instance_context& context) -> call_result<> {
        found = context.trace.current();
        return {};
    });
    return found;
}

constexpr mesh_trace_v1 entries() noexcept {
    mesh_trace_v1 table{};
    table.begin = begin;
    table.attrs = attrs;
    table.event = event;
    table.end = end;
    table.context = context_of_span;
    table.current = current;
    return table;
}

constexpr guarded_table<mesh_trace_v1> guarded{entries()};

}  // namespace

const void* trace_table() noexcept {
    return &guarded.table;
}

}  // namespace meshhost::plugin
