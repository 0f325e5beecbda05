// SPDX-License-Identifier: Apache-2.0
// mesh.timer/1: timers that fire on the strand.
#include "plugin/ext/host_call.hpp"
#include "plugin/ext/tables.hpp"
#include "plugin/ext/views.hpp"
#include "plugin/plugin_fault.hpp"
#include "plugin/proto/limits.hpp"
#include "plugin/strand_clock.hpp"

#include <spdlog/fmt/fmt.h>

namespace meshhost::plugin {

namespace {

bool is_span(mesh_ns span) noexcept {
    return span >= 0 && duration(span) <= proto::timer_span_max;
}

mesh_status start(
    const mesh_host* host,
    mesh_str name,
    mesh_ns first,
    mesh_ns period,
    std::uint64_t tag,
    mesh_handle* out
) noexcept {
    return host_call(host, caller::strand, [&](instance_context& context) -> proto::call_result<> {
        if (out == nullptr) return proto::call_error{MESH_E_INVALID, "out is null"};
        if (!is_span(first) || !is_span(period)) {
            return proto::call_error{MESH_E_INVALID, "a timer runs from now to ten years"};
        }
        const std::size_t most = context.facts.role->budget.timers;
        if (context.timers.size() >= most) {
            return over_budget(
                context,
                proto::budget_kind::timers,
                fmt::format("{} timers are running, the most there can be", most)
            );
        }
        *out = context.timers.start(
            one_line(view(name), proto::name_max),
            strand_now() + duration(first),
            duration(period),
            tag
        );
        return {};
    });
}

mesh_status cancel(const mesh_host* host, mesh_handle timer) noexcept {
    return host_call(host, caller::strand, [&](instance_context& context) -> proto::call_result<> {
        if (context.timers.cancel(timer)) return {};
        return proto::call_error{MESH_E_HANDLE, "no such timer is running"};
    });
}

constexpr mesh_timer_v1 entries() noexcept {
    mesh_timer_v1 table{};
    table.start = start;
    table.cancel = cancel;
    return table;
}

constexpr guarded_table<mesh_timer_v1> guarded{entries()};

}  // namespace

const void* timer_table() noexcept {
    return &guarded.table;
}

}  // namespace meshhost::plugin
