// SPDX-License-Identifier: Apache-2.0
#include "app/found_peers.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::app {

namespace {

using peers::proto::peer_state;

constexpr std::size_t asked_max = 4;

}  // namespace

bool found_peers::is_operators(const identity::endpoint_id& peer) const {
    return std::any_of(named_.begin(), named_.end(), [&](auto& one) { return one.id == peer; });
}

void found_peers::meet(table found, const table& remembered) {
    const auto known = peers_.snapshot();
    const bool is_alone = std::none_of(known.begin(), known.end(), [](const auto& peer) {
        return peer.entry.state == peer_state::alive || peer.entry.state == peer_state::degraded;
    });
    if (is_alone) found.insert(remembered.begin(), remembered.end());
    if (!is_alone) let_go();
    // In turns: one that never answers must not keep others from being asked.
    auto next = found.upper_bound(asked_last_);
    std::size_t asked = 0;
    for (std::size_t i = 0; i < found.size(); ++i, ++next) {
        if (next == found.end()) next = found.begin();
        const auto& [id, addr] = *next;
        const auto at = peers_.find(id);
        const bool is_named = is_operators(id);
        const bool is_hopeless = at && at->entry.state == peer_state::refused;
        // The network may have come together in parts: whom nobody has told of is asked once.
        const bool is_unheard = !at && !tried_.contains(id);
        const bool is_wanted =
            is_named || ((is_alone || is_unheard) && !is_hopeless && asked < asked_max);
        if (!is_wanted || (at && at->entry.connected)) continue;
        if (!is_named) {
            ++asked;
            asked_last_ = id;
            asked_.insert(id);
            tried_.insert(id);
            peers_.unname_peer(id);  // where it was found before counts no more
        }
        peers_.name_peer(addr);
    }
}

void found_peers::let_go() {
    for (const auto& peer : std::exchange(asked_, {})) {
        const auto at = peers_.find(peer);
        if (at && at->entry.connected)
            asked_.insert(peer);
        else
            peers_.unname_peer(peer);
    }
}

void found_peers::lose(const identity::endpoint_id& peer) {
    if (is_operators(peer)) return;
    asked_.erase(peer);
    tried_.erase(peer);
    peers_.unname_peer(peer);
}

}  // namespace meshhost::app
