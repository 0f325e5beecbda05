// SPDX-License-Identifier: Apache-2.0
#pragma once
// Snapshots as the JSON of the local API. A contract: within a schema number fields are added,
// never renamed or removed. Times are RFC 3339, durations whole microseconds ("_us") or
// milliseconds ("_ms"); what is not known is null.
#include "admin/snapshot.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <span>
#include <string>
#include <vector>

namespace meshhost::admin {

/// meshhost.status/1
boost::json::object status_json(
    const node_snapshot& node,
    std::span<const peer_snapshot> peers,
    std::span<const plugin_snapshot> plugins
);
/// meshhost.peers/1
boost::json::object peers_json(std::span<const peer_snapshot> peers);
/// meshhost.identity/1
boost::json::object identity_json(const node_snapshot& node);
/// meshhost.plugins/1
/// What roles say of themselves that are not well: "compute-0 says it is degraded: the queue is
/// long".
std::vector<std::string> unwell_roles(std::span<const plugin_snapshot> plugins);
boost::json::object plugins_json(std::span<const plugin_snapshot> plugins);
/// meshhost.probe/1
boost::json::object probe_json(std::span<const probe_section> sections);

boost::json::object peer_json(const peer_snapshot& peer);
boost::json::object path_json(const path_snapshot& path);

}  // namespace meshhost::admin
