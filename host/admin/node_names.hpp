// SPDX-License-Identifier: Apache-2.0
#pragma once
// Who is meant by what a person writes: a name, the start of an id, or the N-th of a role.
#include "admin/snapshot.hpp"
#include "base/error.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::admin {

struct known_node {
    std::string id;  ///< 64 hex digits
    std::string name;
    std::vector<std::string> roles;
    bool is_self = false;
};

std::vector<known_node> known_nodes(
    const node_snapshot& node,
    std::span<const peer_snapshot> peers
);

/// By name first, then by the first four or more digits of the id, then as "role/N" (from 1, in the
/// order of ids). Errors: E_AMBIGUOUS (usage), E_PEER_UNKNOWN (unreachable).
outcome<known_node> find_node(std::string_view text, std::span<const known_node> nodes);

}  // namespace meshhost::admin
