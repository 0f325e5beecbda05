// SPDX-License-Identifier: Apache-2.0
#include "gossip/proto/heal_list.hpp"

#include <algorithm>

namespace meshhost::gossip::proto {

using identity::endpoint_id;

namespace {

constexpr int outage_share = 20;  ///< of the time it is gone, between two tries

}  // namespace

void heal_list::lose(const peer_info& peer, time_point now) {
    const auto known = find(peer.id);
    if (known != candidates_.end()) {
        if (!known->is_lost) known->since = now;
        known->is_lost = true;
        known->not_before = now;
        if (!peer.data.empty()) known->data = shared_bytes::copy_of(peer.data);
        return;
    }
    if (lost() >= lost_max_) {
        const auto oldest =
            std::find_if(candidates_.begin(), candidates_.end(), [](const heal_candidate& entry) {
                return entry.is_lost;
            });
        if (oldest != candidates_.end()) candidates_.erase(oldest);
    }
    candidates_.push_back(
        {.id = peer.id,
         .data = shared_bytes::copy_of(peer.data),
         .is_lost = true,
         .since = now,
         .not_before = now,
         .wait = {}}
    );
}

void heal_list::name(const endpoint_id& peer, time_point now) {
    if (find(peer) != candidates_.end()) return;
    if (candidates_.size() - lost() >= named_max_) return;
    candidates_.push_back(
        {.id = peer,
         .data = {},
         .is_lost = false,
         .since = now,
         .not_before = now + options_.interval / 2,
         .wait = options_.interval}
    );
}

void heal_list::found(const endpoint_id& peer) noexcept {
    const auto at = find(peer);
    if (at == candidates_.end() || !at->is_lost) return;
    // A named one stays named; it was met just now, so it need not be tried soon.
    if (at->wait == duration{}) {
        candidates_.erase(at);
    } else {
        at->is_lost = false;
        at->not_before = std::max(at->not_before, at->since) + at->wait;
    }
}

const heal_candidate* heal_list::next(prng& random, time_point now) {
    expire(now);
    heal_candidate* chosen = pick(true, random, now);
    if (chosen != nullptr) {
        const duration age = now - chosen->since;
        const duration wait = std::clamp(age / outage_share, options_.interval, options_.retry_cap);
        chosen->not_before = now + wait;
        return chosen;
    }
    chosen = pick(false, random, now);
    if (chosen == nullptr) return nullptr;
    chosen->not_before = now + chosen->wait;
    chosen->wait = std::min(options_.retry_cap, chosen->wait * 2);
    return chosen;
}

void heal_list::hurry(const endpoint_id& peer, time_point now) noexcept {
    const auto at = find(peer);
    if (at == candidates_.end() || at->is_lost) return;
    at->wait = options_.interval;
    at->not_before = now + options_.interval;
}

std::size_t heal_list::lost() const noexcept {
    return static_cast<std::size_t>(std::count_if(
        candidates_.begin(),
        candidates_.end(),
        [](const heal_candidate& entry) { return entry.is_lost; }
    ));
}

bool heal_list::is_lost(const endpoint_id& peer) const noexcept {
    return std::any_of(candidates_.begin(), candidates_.end(), [&](const heal_candidate& entry) {
        return entry.is_lost && entry.id == peer;
    });
}

std::vector<heal_candidate>::iterator heal_list::find(const endpoint_id& peer) noexcept {
    return std::find_if(candidates_.begin(), candidates_.end(), [&](const heal_candidate& entry) {
        return entry.id == peer;
    });
}

heal_candidate* heal_list::pick(bool is_lost, prng& random, time_point now) noexcept {
    const auto is_due = [=](const heal_candidate& entry) {
        return entry.is_lost == is_lost && entry.not_before <= now;
    };
    const auto due = std::count_if(candidates_.begin(), candidates_.end(), is_due);
    if (due == 0) return nullptr;
    auto nth = random.below(static_cast<std::uint64_t>(due));
    for (heal_candidate& entry : candidates_)
        if (is_due(entry) && nth-- == 0) return &entry;
    return nullptr;
}

void heal_list::expire(time_point now) noexcept {
    for (heal_candidate& entry : candidates_)
        if (entry.is_lost && entry.wait != duration{}
            && now - entry.since > options_.lost_retention)
            entry.is_lost = false;
    const auto is_over = [&](const heal_candidate& entry) {
        return entry.is_lost && now - entry.since > options_.lost_retention;
    };
    std::erase_if(candidates_, is_over);
}

}  // namespace meshhost::gossip::proto
