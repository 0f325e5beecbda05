// SPDX-License-Identifier: Apache-2.0
// Which links stay: those of neighbours, and those that a topic waits for. What is said on them:
// gossip_body.cpp.
#include "gossip/proto/gossip_body.hpp"

#include <algorithm>

namespace meshhost::gossip::proto {

using identity::endpoint_id;

namespace {

constexpr std::size_t links_reviewed_max = 16;  ///< to make room for another; a guess

}  // namespace

void gossip_state::body::review_links() {
    while (const auto peer = links_.take_due(now_))
        review(*peer);
}

/// Drops the link if nobody needs it. A neighbour's link is not looked at again until something is
/// said on it, and the last thing said to a neighbour is goodbye.
bool gossip_state::body::review(const endpoint_id& peer) {
    if (is_neighbor(peer)) return false;
    peer_link& link = *links_.find(peer);
    if (is_needed(peer)) {
        links_.watch(peer, link, now_);
        return false;
    }
    tell(drop_link_output{peer, link.instance});
    links_.erase(peer);
    return true;
}

/// Found or made; in a full table a link that nobody needs makes room, or a dial.
peer_link* gossip_state::body::require_link(const endpoint_id& peer) {
    if (links_.is_full() && links_.find(peer) == nullptr && !drop_idle_link()) give_up_dial();
    return links_.require(peer);
}

bool gossip_state::body::drop_idle_link() {
    for (std::size_t looked_at = 0; looked_at < links_reviewed_max; ++looked_at) {
        const auto idle = links_.take_due(no_deadline);
        if (!idle) return false;
        if (review(*idle)) return true;
    }
    return false;
}

/// The oldest that no topic waits for. Should it succeed after all, that is a link like any other.
void gossip_state::body::give_up_dial() {
    const auto dials = links_.oldest_dials(links_reviewed_max);
    const auto unneeded = std::find_if(dials.begin(), dials.end(), [&](const endpoint_id& peer) {
        return !is_needed(peer);
    });
    if (unneeded != dials.end()) links_.erase(*unneeded);
}

bool gossip_state::body::is_neighbor(const endpoint_id& peer) const noexcept {
    return std::any_of(topics_.begin(), topics_.end(), [&](const auto& entry) {
        return entry.second->views().active().contains(peer);
    });
}

bool gossip_state::body::is_needed(const endpoint_id& peer) const noexcept {
    return std::any_of(topics_.begin(), topics_.end(), [&](const auto& entry) {
        return entry.second->views().needs(peer);
    });
}

}  // namespace meshhost::gossip::proto
