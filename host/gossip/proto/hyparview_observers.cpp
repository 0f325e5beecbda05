// SPDX-License-Identifier: Apache-2.0
// Nodes that hear everything and carry nothing: beside the other neighbours, so that they take
// nobody's place, and named to nobody, so that no more than their neighbours know of them.
#include "gossip/proto/hyparview.hpp"

#include <algorithm>

namespace meshhost::gossip::proto {

using identity::endpoint_id;

std::size_t hyparview::observers() const noexcept {
    const auto entries = active_.entries();
    return static_cast<std::size_t>(std::count_if(
        entries.begin(),
        entries.end(),
        [](const view_entry& entry) { return entry.is_observer; }
    ));
}

/// The neighbours that a message reaches others through.
std::size_t hyparview::carriers() const noexcept {
    return active_.size() - observers();
}

/// An observer asks to be let in. It gets a few others to turn to, since nobody else names any.
void hyparview::admit_observer(const peer_info& peer, priority how) {
    const bool is_asked = requests_.take_reply(peer.id);
    if (view_entry* const known = active_.find(peer.id)) {
        learn(*known, peer.data);
        known->is_observer = true;
        if (!is_asked) reply(peer.id, how, false);
        return watch_isolation();
    }
    const bool may_come =
        !options_.membership.is_observer && observers() < options_.membership.observers_max;
    passive_.remove(peer.id);
    if (!may_come) return refuse(peer.id);
    view_entry entry{.id = peer.id, .is_observer = true};
    learn(entry, peer.data);
    active_.add(std::move(entry));
    ++counts_.neighbors_up;
    sink_.neighbor_up(peer.id);
    reply(peer.id, how, false);
    const shuffle_reply_message others = others_than(peer.id);  // moved, GCC 12 warns at -O2
    send(peer.id, others);
}

}  // namespace meshhost::gossip::proto
