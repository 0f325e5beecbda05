// SPDX-License-Identifier: Apache-2.0
// What the tree did not bring is asked for, and the link that it is asked on joins the tree.
#include "gossip/proto/plumtree.hpp"

#include <algorithm>

namespace meshhost::gossip::proto {

using identity::content_hash;
using identity::endpoint_id;

namespace {

constexpr unsigned backoff_rounds_max = 5;  ///< doublings of the wait, once all were asked

duration scaled(duration by, double factor) {
    return std::chrono::duration_cast<duration>(by * factor);
}

}  // namespace

void plumtree::on(
    const endpoint_id& from,
    const ihave_message& m,
    const extension&,
    time_point now
) {
    store_.expire(now);
    for (const announcement& item : m.items) {
        if (store_.contains(item.id)) continue;
        missing_message* const entry = missing_.claim(item.id, {from, item.round}, now);
        if (entry == nullptr || entry->deadline != no_deadline) continue;
        entry->deadline = now + first_wait(from);
    }
}

void plumtree::on(
    const endpoint_id& from,
    const graft_message& m,
    const extension&,
    time_point now
) {
    store_.expire(now);
    set_eager(from, true);
    if (!m.id) return;
    if (const shared_bytes* const frame = store_.frame_of(*m.id))
        sink_.send_payload(from, *frame, urgency::normal);
}

void plumtree::on(const endpoint_id& from, const prune_message&, const extension&, time_point) {
    set_eager(from, false);
}

/// Asks the claimant whose turn it is.
void plumtree::graft(const content_hash& id, time_point now) {
    missing_message& entry = *missing_.find(id);
    const bool is_over = options_.broadcast.retries_grafts
                             ? now - entry.since >= options_.broadcast.payload_retention
                             : entry.claims.empty();
    if (is_over || entry.claims.empty()) return missing_.erase(id);
    const missing_claim claim = entry.claims.front();
    entry.claims.erase(entry.claims.begin());
    duration wait = next_wait(claim.peer);
    if (options_.broadcast.retries_grafts) {
        entry.claims.push_back(claim);
        const auto turns = static_cast<unsigned>(entry.asked / entry.claims.size());
        wait *= 1U << std::min(turns, backoff_rounds_max);
    }
    ++entry.asked;
    entry.deadline = now + wait;
    ++counts_.grafts_sent;
    set_eager(claim.peer, true);
    sink_.send_repair(claim.peer, graft_message{id, claim.round});
}

/// Whoever announced the message well before it came (upstream: had it after far fewer hops) is a
/// better branch than the one it came on.
void plumtree::optimize(
    const endpoint_id& sender,
    const gossip_message& m,
    const missing_message& announced,
    time_point now
) {
    const broadcast_config& o = options_.broadcast;
    const auto& claims = announced.claims;
    if (claims.empty()) return;
    const bool is_late =
        o.optimizes_by_time && announced.asked == 0 && now - announced.since >= o.optimization_gain;
    const auto fewest =
        std::min_element(claims.begin(), claims.end(), [](const auto& a, const auto& b) {
            return a.round < b.round;
        });
    const missing_claim better = is_late ? claims.front() : *fewest;
    const bool is_detour =
        !o.optimizes_by_time && m.round >= fewest->round + o.optimization_threshold;
    if (better.peer == sender || !(is_late || is_detour)) return;
    const neighbor* const branch = find(better.peer);
    if (branch != nullptr && !branch->is_eager) {
        ++counts_.grafts_sent;
        set_eager(better.peer, true);
        sink_.send_repair(better.peer, graft_message{std::nullopt, better.round});
    }
    ++counts_.prunes_sent;
    set_eager(sender, false);
    sink_.send_repair(sender, prune_message{});
}

duration plumtree::first_wait(const endpoint_id& peer) const {
    const broadcast_config& o = options_.broadcast;
    if (!o.adapts_grafts) return o.graft_first;
    const duration by_link = scaled(sink_.round_trip(peer), o.graft_first_rtts);
    return std::clamp(by_link, o.graft_first, o.graft_first_max);
}

duration plumtree::next_wait(const endpoint_id& peer) const {
    const broadcast_config& o = options_.broadcast;
    if (!o.adapts_grafts) return o.graft_again_min;
    return std::max(scaled(sink_.round_trip(peer), o.graft_again_rtts), o.graft_again_min);
}

time_point plumtree::next_deadline() const noexcept {
    return std::min(announce_at_, missing_.next_deadline());
}

void plumtree::handle_deadline(time_point now) {
    store_.expire(now);
    if (announce_at_ <= now) flush_announcements();
    while (const content_hash* const due = missing_.due(now)) {
        const content_hash id = *due;
        graft(id, now);
    }
}

}  // namespace meshhost::gossip::proto
