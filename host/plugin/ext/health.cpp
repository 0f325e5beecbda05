// SPDX-License-Identifier: Apache-2.0
// mesh.health/1: how a role is, in its own words.
#include "plugin/ext/host_call.hpp"
#include "plugin/ext/tables.hpp"
#include "plugin/ext/views.hpp"
#include "plugin/proto/limits.hpp"
#include "plugin/proto/plain_text.hpp"

#include <algorithm>
#include <string>

namespace meshhost::plugin {

namespace {

/// Has no status to return: what makes no sense counts as the worst.
void set(const mesh_host* host, std::uint32_t health, mesh_str reason) noexcept {
    host_call(host, caller::any, [&](instance_context& context) -> proto::call_result<> {
        proto::up::health_said said;
        said.health = std::min<std::uint32_t>(health, MESH_HEALTH_UNHEALTHY);
        said.reason = proto::plain_text(view(reason), proto::health_reason_max);
        if (said.health == MESH_HEALTH_OK) said.reason.clear();
        context.health.say(std::move(said), *context.link);
        return {};
    });
}

constexpr mesh_health_v1 entries() noexcept {
    mesh_health_v1 table{};
    table.set = set;
    return table;
}

constexpr guarded_table<mesh_health_v1> guarded{entries()};

}  // namespace

const void* health_table() noexcept {
    return &guarded.table;
}

}  // namespace meshhost::plugin
