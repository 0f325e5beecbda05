// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whom of the mesh a host may turn to, and where.
#include "peers/peers_service.hpp"

#include <span>
#include <vector>

namespace meshhost::app {

/// Members that may be in a topic of this host's roles: those with a role that is ours, too, come
/// first; within each part from our own id on, so that not every host asks the same few.
std::vector<identity::endpoint_id> contacts_of(const peers::peers_service& peers);

/// Where a peer may be reached: where it was last seen, where it says that it is, and where `named`
/// ones are said to be.
identity::endpoint_addr address_of(
    const peers::peers_service& peers,
    std::span<const identity::endpoint_addr> named,
    const identity::endpoint_id& peer
);

/// Of every member, those first that this host is connected to.
std::vector<identity::endpoint_addr> addresses_of_members(
    const peers::peers_service& peers,
    std::span<const identity::endpoint_addr> named
);

}  // namespace meshhost::app
