// SPDX-License-Identifier: Apache-2.0
#include "gossip/dial_queue.hpp"

#include <algorithm>

namespace meshhost::gossip {

using identity::endpoint_id;

bool dial_queue::want(const endpoint_id& peer, time_point now, bool is_urgent) {
    const auto at = entries_.find(peer);
    if (at != entries_.end()) {
        entry& known = at->second;
        known.is_wanted = true;
        if (known.where == phase::resting) known.where = phase::waiting;
        if (is_urgent) known.due = std::min(known.due, now + limits_.redial_urgent_cap);
        return true;
    }
    if (entries_.size() >= limits_.dials_remembered && !make_room()) return false;
    entries_.emplace(peer, entry{backoff(limits_.redial_first, limits_.redial_cap), now});
    return true;
}

bool dial_queue::make_room() {
    auto victim = entries_.end();
    for (auto at = entries_.begin(); at != entries_.end(); ++at) {
        if (at->second.where != phase::resting) continue;
        if (victim == entries_.end() || at->second.due < victim->second.due) victim = at;
    }
    if (victim == entries_.end()) return false;
    entries_.erase(victim);
    return true;
}

std::optional<endpoint_id> dial_queue::take_due(time_point now) {
    if (in_flight_ >= limits_.dials_in_flight) return std::nullopt;
    auto first = entries_.end();
    for (auto at = entries_.begin(); at != entries_.end(); ++at) {
        if (at->second.where != phase::waiting || at->second.due > now) continue;
        if (first == entries_.end() || at->second.due < first->second.due) first = at;
    }
    if (first == entries_.end()) return std::nullopt;
    first->second.where = phase::in_flight;
    ++in_flight_;
    return first->first;
}

void dial_queue::answered(const endpoint_id& peer) {
    const auto at = entries_.find(peer);
    if (at == entries_.end() || at->second.where != phase::in_flight) return;
    --in_flight_;
    entries_.erase(at);
}

void dial_queue::failed(const endpoint_id& peer, time_point now) {
    const auto at = entries_.find(peer);
    if (at == entries_.end() || at->second.where != phase::in_flight) return;
    if (!at->second.is_wanted) return answered(peer);
    --in_flight_;
    at->second.where = phase::resting;
    at->second.due = now + at->second.wait.next(random_);
}

void dial_queue::linked(const endpoint_id& peer) {
    const auto at = entries_.find(peer);
    if (at == entries_.end()) return;
    if (at->second.where == phase::in_flight)
        at->second.is_wanted = false;
    else
        entries_.erase(at);
}

std::optional<time_point> dial_queue::next_deadline() const {
    if (in_flight_ >= limits_.dials_in_flight) return std::nullopt;
    std::optional<time_point> earliest;
    for (const auto& [peer, one] : entries_)
        if (one.where == phase::waiting) earliest = std::min(earliest.value_or(one.due), one.due);
    return earliest;
}

}  // namespace meshhost::gossip
