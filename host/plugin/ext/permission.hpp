// SPDX-License-Identifier: Apache-2.0
#pragma once
// What an instance may do in the mesh only if its operator lets it.
#include "plugin/instance_context.hpp"
#include "plugin/proto/call_error.hpp"

#include <spdlog/fmt/fmt.h>

#include <string>

namespace meshhost::plugin {

inline proto::call_result<> require_grant(
    const instance_context& context,
    const std::string& permission
) {
    if (context.facts.grants.allows(permission)) return {};
    return proto::call_error{
        MESH_E_DENIED,
        fmt::format(
            "\"{}\" is not granted: the role declares it, or plugin.{}.grant names it",
            permission,
            context.facts.instance
        )};
}

/// What reaches out is for start and later: create runs in the probe, too.
inline proto::call_result<> require_created(const instance_context& context) {
    if (context.gate.is_created()) return {};
    return proto::call_error{MESH_E_STATE, "create has no network: call this in start or later"};
}

}  // namespace meshhost::plugin
