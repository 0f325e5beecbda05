// SPDX-License-Identifier: Apache-2.0
#pragma once
// Figures of nodes as the JSON of the local API; see snapshot_json.hpp.
#include "admin/snapshot.hpp"

#include <boost/json/object.hpp>

#include <span>
#include <string>

namespace meshhost::admin {

/// meshhost.meters/1, with its schema inside: a line of a stream has no envelope.
boost::json::object meters_json(const meters_snapshot& meters);

/// What is not limited is null.
boost::json::object budget_json(const budget_snapshot& budget);
/// What is not measured is null.
boost::json::object load_json(const load_snapshot& load);

/// meshhost.topology/1: every node that is known, and every edge of the gossip that one of its
/// ends told of. A mode is known of our own edges only.
boost::json::object topology_json(const node_snapshot& node, std::span<const peer_snapshot> peers);

}  // namespace meshhost::admin
