// SPDX-License-Identifier: Apache-2.0
#pragma once
// What plugins are told of the mesh beyond its snapshots.
#include "peers/peers_service.hpp"

#include <vector>

namespace meshhost::app {

/// Members that may be in a topic of this host's roles: those with a role that is ours, too, come
/// first; within each part from our own id on, so that not every host asks the same few.
std::vector<identity::endpoint_id> contacts_of(const peers::peers_service& peers);

}  // namespace meshhost::app
