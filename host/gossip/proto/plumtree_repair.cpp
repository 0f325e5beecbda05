// SPDX-License-Identifier: Apache-2.0
// What the tree did not bring is asked for, and the link that it is asked on joins the tree.
#include "gossip/proto/plumtree.hpp"

#include <algorithm>

namespace meshhost::gossip::proto {

using identity::content_hash;
using identity::endpoint_id;

namespace {

constexpr unsigned backoff_rounds_max = 5;  ///< doublings of the wait, once all were asked

/// How long the announcement at `place` of a frame was held back.
duration age_of(std::size_t place, const extension& after) noexcept {
    if (after.ages.empty()) return {};
    return after.ages[std::min(place, after.ages.size() - 1)] * age_unit;
}

duration scaled(duration by, double factor) {
    return std::chrono::duration_cast<duration>(by * factor);
}

}  // namespace

void plumtree::on(
    const endpoint_id& from,
    const ihave_message& m,
    const extension& after,
    time_point now
) {
    store_.expire(now);
    neighbor* const known = find(from);
    const duration wait = first_wait(from);
    for (std::size_t i = 0; i < m.items.size(); ++i) {
        const announcement& item = m.items[i];
        if (known != nullptr) retract(*known, item.id);
        if (store_.contains(item.id)) continue;
        missing_message* const entry = missing_.claim(item.id, {from, item.round}, now);
        if (entry == nullptr || entry->deadline != no_deadline) continue;
        entry->deadline = now + std::max(wait - age_of(i, after), duration{});
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
    if (neighbor* const known = find(from)) retract(*known, *m.id);
    if (const shared_bytes* const frame = store_.frame_of(*m.id))
        sink_.send_payload(from, *frame, urgency::normal);
}

void plumtree::on(const endpoint_id& from, const prune_message&, const extension&, time_point) {
    set_eager(from, false);
    if (shaped_by_ == from) shaper_.forget();
}

/// Asks the claimant whose turn it is.
void plumtree::graft(const content_hash& id, time_point now) {
    missing_message& entry = *missing_.find(id);
    const bool is_over = options_.broadcast.retries_grafts
                             ? now - entry.since >= options_.broadcast.payload_retention
                             : entry.claims.empty();
    if (is_over || entry.claims.empty()) return missing_.erase(id);
    auto turn = entry.claims.begin();
    if (options_.broadcast.grafts_branches_first && entry.asked == 0) {
        const auto branch =
            std::find_if(entry.claims.begin(), entry.claims.end(), [&](const missing_claim& one) {
                const neighbor* const known = find(one.peer);
                return known != nullptr && known->is_eager;
            });
        if (branch != entry.claims.end()) turn = branch;
    }
    const missing_claim claim = *turn;
    entry.claims.erase(turn);
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
    sink_.send_repair(claim.peer, graft_message{id, claim.round}, {});
}

/// Whoever announced messages that shape the tree well before they came, so many in a row, joins it
/// at once; the branch that this one came on leaves it when the message is elected, so that nothing
/// falls between the two.
void plumtree::exchange_branch(
    const endpoint_id& sender,
    const missing_message& announced,
    time_point now
) {
    const broadcast_config& o = options_.broadcast;
    if (!o.optimizes_by_time || announced.asked != 0 || announced.claims.empty()) return;
    const missing_claim better = announced.claims.front();
    const bool is_late = now - announced.since >= o.optimization_gain;
    for (neighbor& one : neighbors_)
        one.wins = is_late && one.id == better.peer ? one.wins + 1 : 0;
    neighbor* const from = find(sender);
    neighbor* const branch = find(better.peer);
    if (from == nullptr || branch == nullptr || branch == from || branch->is_eager) return;
    if (branch->wins < o.optimization_wins) return;
    from->is_redundant = true;
    shaped_by_ = branch->id;
    ++counts_.grafts_sent;
    branch->is_eager = true;
    branch->wins = 0;
    sink_.send_repair(branch->id, graft_message{std::nullopt, better.round}, {});
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
        sink_.send_repair(better.peer, graft_message{std::nullopt, better.round}, {});
    }
    ++counts_.prunes_sent;
    set_eager(sender, false);
    sink_.send_repair(sender, prune_message{}, {});
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
    time_point next = std::min(shaper_.next_deadline(), missing_.next_deadline());
    for (const neighbor& one : neighbors_)
        next = std::min(next, one.announce_at);
    return next;
}

void plumtree::handle_deadline(time_point now) {
    store_.expire(now);
    for (neighbor& one : neighbors_)
        if (one.announce_at <= now) announce_now(one, now);
    if (shaper_.next_deadline() <= now) cut_redundant(now);
    while (const content_hash* const due = missing_.due(now)) {
        const content_hash id = *due;
        graft(id, now);
    }
}

}  // namespace meshhost::gossip::proto
