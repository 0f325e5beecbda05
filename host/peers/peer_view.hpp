// SPDX-License-Identifier: Apache-2.0
#pragma once
// A peer as this host sees it now: what the registry holds, with the path in use.
#include "base/time.hpp"
#include "peers/proto/peer_registry.hpp"
#include "transport/connection.hpp"

#include <optional>

namespace meshhost::peers {

using proto::peer_entry;
using proto::peer_state;

/// A copy: valid for as long as you keep it, true at the moment it was made.
struct peer_view {
    peer_entry entry;                          ///< id, state, its newest digest
    std::string evidence;                      ///< for the state, in words
    std::optional<duration> uptime;            ///< nullopt: gone, or it has not said
    std::optional<transport::path_info> path;  ///< nullopt: not connected
    bool is_dialled = false;                   ///< of a connected one: we opened the connection
    std::optional<time_point> next_dial;       ///< while we wait to try again
};

}  // namespace meshhost::peers
