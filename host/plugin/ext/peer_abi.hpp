// SPDX-License-Identifier: Apache-2.0
#pragma once
// Peers in the shape of the ABI.
#include <mesh/plugin.h>

#include "plugin/proto/peer_snapshot.hpp"

namespace meshhost::plugin {

/// Borrows from `peer`. The state is its presence.
mesh_peer to_abi(const identity::endpoint_id& id, const proto::peer_view& peer) noexcept;

/// end() when there is none; any 32 bytes may be asked for.
proto::peer_snapshot::const_iterator find_by_abi(
    const proto::peer_snapshot& peers,
    const mesh_node_id& id
) noexcept;

}  // namespace meshhost::plugin
