// SPDX-License-Identifier: Apache-2.0
#include "gossip/proto/link_table.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace meshhost::gossip::proto {

using identity::endpoint_id;

std::size_t link_table::queued_frames() const noexcept {
    std::size_t frames = 0;
    for (const auto& [peer, link] : links_)
        frames += link.queue.size();
    return frames;
}

peer_link* link_table::find(const endpoint_id& peer) noexcept {
    return const_cast<peer_link*>(std::as_const(*this).find(peer));
}

const peer_link* link_table::find(const endpoint_id& peer) const noexcept {
    const auto at = links_.find(peer);
    return at == links_.end() ? nullptr : &at->second;
}

peer_link* link_table::find(const endpoint_id& peer, link_instance link) noexcept {
    peer_link* const known = find(peer);
    if (known == nullptr || known->phase != link_phase::up) return nullptr;
    return known->instance == link ? known : nullptr;
}

peer_link* link_table::require(const endpoint_id& peer) {
    if (peer_link* const known = find(peer)) return known;
    if (is_full()) return nullptr;
    return &links_[peer];
}

void link_table::watch(const endpoint_id& peer, peer_link& link, time_point now) {
    if (link.is_watched) return;
    link.is_watched = true;
    checks_.push({now + options_.idle_hold, peer});
}

time_point link_table::next_deadline() const noexcept {
    return checks_.empty() ? no_deadline : checks_.front().at;
}

std::optional<endpoint_id> link_table::take_due(time_point now) {
    while (!checks_.empty() && checks_.front().at <= now) {
        const endpoint_id peer = checks_.pop().peer;
        peer_link* const link = find(peer);
        if (link == nullptr || !link->is_watched) continue;
        link->is_watched = false;
        if (link->phase == link_phase::up) return peer;
    }
    return std::nullopt;
}

std::vector<endpoint_id> link_table::oldest_dials(std::size_t count) const {
    std::vector<std::pair<time_point, endpoint_id>> dials;
    for (const auto& [peer, link] : links_)
        if (link.phase == link_phase::dialing) dials.emplace_back(link.since, peer);
    const auto last = dials.begin() + static_cast<std::ptrdiff_t>(std::min(count, dials.size()));
    std::partial_sort(dials.begin(), last, dials.end());
    std::vector<endpoint_id> oldest;
    std::transform(dials.begin(), last, std::back_inserter(oldest), [](const auto& dial) {
        return dial.second;
    });
    return oldest;
}

}  // namespace meshhost::gossip::proto
