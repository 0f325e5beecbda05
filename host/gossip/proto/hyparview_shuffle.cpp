// SPDX-License-Identifier: Apache-2.0
// Exchanging samples of the views along a random walk, so that the reserve stays fresh.
#include "gossip/proto/hyparview.hpp"

#include <algorithm>

namespace meshhost::gossip::proto {

using identity::endpoint_id;

namespace {

constexpr std::size_t replies_expected_max = 4;  ///< shuffles under way; more were lost

bool is_carrier(const view_entry& entry) noexcept {
    return !entry.is_observer;
}

}  // namespace

void hyparview::shuffle() {
    if (options_.shuffle.is_paced) {
        shuffle_pace_.step(random_, now_);
    } else {
        shuffle_pace_.start(options_.shuffle.interval_min, now_);
    }
    const view_entry* const target = active_.pick(random_, is_carrier);
    if (target != nullptr) send(target->id, make_shuffle(target->id, options_.shuffle.walk));
    refill_attempts_ = options_.membership.refill_attempts;
    mix();
    if (options_.membership.refills_after_refusal) refill(nullptr);
}

/// Somebody from afar for somebody from here. Whoever is given up does the same.
void hyparview::mix() {
    if (mixes_left_ <= 0 || !is_full() || passive_.size() < options_.membership.passive_max / 2)
        return;
    --mixes_left_;
    const endpoint_id near = active_.pick(random_, is_carrier)->id;
    say_goodbye(near, true);
    remove_active(near, down_reason::evicted, true);
    if (view_entry* const reserve = passive_.find(near))
        reserve->not_before = now_ + options_.membership.refusal_pause;
    refill(&near);
}

shuffle_message hyparview::make_shuffle(const endpoint_id& target, std::uint16_t ttl) {
    shuffle_message out{.origin = self_, .nodes = {}, .ttl = ttl};
    active_.sample(out.nodes, options_.shuffle.active_nodes, target, random_);
    passive_.sample(out.nodes, options_.shuffle.passive_nodes, target, random_);
    if (!options_.membership.is_observer) out.nodes.push_back({self_, self_data_.view()});
    replies_expected_ = std::min(replies_expected_ + 1, replies_expected_max);
    return out;
}

void hyparview::on(
    const endpoint_id& from,
    const shuffle_message& m,
    const extension& after,
    time_point now
) {
    now_ = now;
    if (m.origin == self_) return;
    const bool is_member = active_.contains(from);
    // A shuffle that a stranger sends for itself alone is a probe; all else is a neighbour's.
    const bool is_probe = m.origin == from && m.ttl == 0;
    if (options_.broadcast.members_only && !is_member && !is_probe)
        return correct_stranger(from, now);
    if (is_member) merge_mark(after.component);
    if (m.ttl > 0 && carriers() > 1 && !options_.membership.is_observer) {
        if (forward_shuffle(from, m) || !options_.shuffle.accepts_at_dead_end) return;
    }
    accept_shuffle(m, is_member || !options_.broadcast.members_only);
}

bool hyparview::forward_shuffle(const endpoint_id& from, const shuffle_message& m) {
    const view_entry* const next = active_.pick(random_, [&](const view_entry& entry) {
        return is_carrier(entry) && entry.id != from && entry.id != m.origin;
    });
    if (next == nullptr) return false;
    shuffle_message onward = m;
    onward.ttl = static_cast<std::uint16_t>(std::min(m.ttl, options_.shuffle.walk) - 1);
    send(next->id, onward);
    return true;
}

/// As many nodes back as came, then ours for theirs. A stranger speaks for itself alone.
void hyparview::accept_shuffle(const shuffle_message& m, bool is_trusted) {
    shuffle_reply_message out;
    passive_.sample(out.nodes, m.nodes.size(), m.origin, random_);
    if (out.nodes.size() < m.nodes.size())
        active_.sample(out.nodes, m.nodes.size() - out.nodes.size(), m.origin, random_);
    if (may_dial(m.origin)) send(m.origin, out);
    for (const peer_info& node : m.nodes)
        if (is_trusted || node.id == m.origin) add_passive(node);
}

void hyparview::on(
    const endpoint_id& from,
    const shuffle_reply_message& m,
    const extension& after,
    time_point now
) {
    now_ = now;
    if (active_.contains(from)) merge_mark(after.component);
    if (probed_ == from) finish_probe(m, after);
    if (m.nodes.empty() || !expects_nodes_of(from)) return;
    for (const peer_info& node : m.nodes)
        add_passive(node);
    refill(nullptr);
}

/// Whoever refuses or evicts us knows us; a shuffle's answer may come from anybody, once.
bool hyparview::expects_nodes_of(const endpoint_id& peer) {
    if (!options_.broadcast.members_only) return true;
    if (active_.contains(peer) || requests_.contains(peer)) return true;
    if (std::find(bootstrap_.begin(), bootstrap_.end(), peer) != bootstrap_.end()) return true;
    if (replies_expected_ == 0) return false;
    --replies_expected_;
    return true;
}

/// The neighbours changed, so the views of others are stale as well.
void hyparview::change_pace() {
    if (options_.shuffle.is_paced) shuffle_pace_.reset(random_, now_);
}

}  // namespace meshhost::gossip::proto
