// SPDX-License-Identifier: Apache-2.0
// mesh.worker/1: work that would hold the strand for too long.
#include "plugin/ext/host_call.hpp"
#include "plugin/ext/tables.hpp"

namespace meshhost::plugin {

namespace {

mesh_status submit(const mesh_host* host, std::uint64_t tag, void* job) noexcept {
    return host_call(host, caller::any, [&](instance_context& context) -> proto::call_result<> {
        if (!context.gate.is_created()) {
            return proto::call_error{MESH_E_STATE, "no work before create has returned"};
        }
        return context.jobs.submit(tag, job);
    });
}

constexpr mesh_worker_v1 entries() noexcept {
    mesh_worker_v1 table{};
    table.submit = submit;
    return table;
}

constexpr guarded_table<mesh_worker_v1> guarded{entries()};

}  // namespace

const void* worker_table() noexcept {
    return &guarded.table;
}

}  // namespace meshhost::plugin
