// SPDX-License-Identifier: Apache-2.0
#include "plugin/ext/peer_abi.hpp"

#include "plugin/ext/views.hpp"

#include <algorithm>

namespace meshhost::plugin {

namespace {

std::uint32_t state_of(proto::peer_presence presence) noexcept {
    switch (presence) {
    case proto::peer_presence::up:
        return MESH_PEER_UP;
    case proto::peer_presence::draining:
        return MESH_PEER_DRAINING;
    case proto::peer_presence::suspect:
        return MESH_PEER_SUSPECT;
    case proto::peer_presence::down:
        return MESH_PEER_DOWN;
    }
    return MESH_PEER_DOWN;
}

}  // namespace

mesh_peer to_abi(const identity::endpoint_id& id, const proto::peer_view& peer) noexcept {
    mesh_peer out{};
    out.struct_size = sizeof out;
    out.state = state_of(peer.presence);
    out.id = to_abi(id);
    out.roles = to_abi(std::string_view(peer.roles));
    out.rtt = peer.rtt ? peer.rtt->count() : -1;
    out.since = peer.since.time_since_epoch().count();
    out.path = static_cast<std::uint32_t>(peer.path);
    return out;
}

proto::peer_snapshot::const_iterator find_by_abi(
    const proto::peer_snapshot& peers,
    const mesh_node_id& id
) noexcept {
    const bytes_view wanted(id.b);
    const auto at =
        std::lower_bound(peers.begin(), peers.end(), wanted, [](const auto& peer, bytes_view key) {
            const bytes_view have = peer.first.bytes();
            return std::lexicographical_compare(have.begin(), have.end(), key.begin(), key.end());
        });
    const bool found = at != peers.end() && std::ranges::equal(at->first.bytes(), wanted);
    return found ? at : peers.end();
}

}  // namespace meshhost::plugin
