// SPDX-License-Identifier: Apache-2.0
// mesh.metrics/1: counters, gauges and histograms of a role.
#include "plugin/attributes.hpp"
#include "plugin/ext/host_call.hpp"
#include "plugin/ext/tables.hpp"
#include "plugin/proto/limits.hpp"

namespace meshhost::plugin {

namespace {

using proto::call_error;
using proto::call_result;

mesh_status create(
    const mesh_host* host,
    const mesh_instrument* wanted,
    mesh_handle* out
) noexcept {
    return host_call(host, caller::any, [&](instance_context& context) -> call_result<> {
        if (wanted == nullptr || out == nullptr) {
            return call_error{MESH_E_INVALID, "the instrument or out is null"};
        }
        const auto made = context.metrics.create(*wanted);
        if (!made) return made.error();
        *out = *made;
        return {};
    });
}

void record(
    const mesh_host* host,
    mesh_handle instrument,
    double value,
    const mesh_attr* attributes,
    std::size_t count
) noexcept {
    host_call(host, caller::any, [&](instance_context& context) -> call_result<> {
        context.metrics.record(
            instrument,
            value,
            attributes_of(attributes, count, proto::metric_attributes_max)
        );
        return {};
    });
}

constexpr mesh_metrics_v1 entries() noexcept {
    mesh_metrics_v1 table{};
    table.create = create;
    table.record = record;
    return table;
}

constexpr guarded_table<mesh_metrics_v1> guarded{entries()};

}  // namespace

const void* metrics_table() noexcept {
    return &guarded.table;
}

}  // namespace meshhost::plugin
