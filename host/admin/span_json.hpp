// SPDX-License-Identifier: Apache-2.0
#pragma once
// Spans, and starts of a host made of them, as the JSON of the local API; see snapshot_json.hpp.
#include "telemetry/span.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace meshhost::admin {

boost::json::object attributes_json(const std::vector<telemetry::attribute>& attributes);
boost::json::object span_json(const telemetry::span& span);
std::int64_t unix_us(duration since_epoch);

/// One start of this host.
struct boot_snapshot {
    std::uint64_t number = 1;  ///< of this state directory, from 1
    std::string version;       ///< that started
    std::string outcome;       ///< "under way", "ready" or "failed"
    duration lead{};           ///< from the process's start to the root's: its configuration
    std::vector<telemetry::span> spans;      ///< the root first
    std::vector<telemetry::span> join = {};  ///< mesh.node.join, likewise; empty: not told
};

/// A boot of meshhost.boots/1.
boost::json::object boot_json(const boot_snapshot& boot);

}  // namespace meshhost::admin
