// SPDX-License-Identifier: Apache-2.0
// Who comes and who goes. What is asked of others: hyparview_repair.cpp.
#include "gossip/proto/hyparview.hpp"

#include "base/assert.hpp"

#include <algorithm>

namespace meshhost::gossip::proto {

using identity::endpoint_id;

hyparview::hyparview(
    const endpoint_id& self,
    const config& options,
    membership_sink& sink,
    prng& random,
    topic_counts& counts,
    time_point now
)
    : self_(self)
    , options_(options)
    , sink_(sink)
    , random_(random)
    , counts_(counts)
    , now_(now)
    , requests_(options.limit.requests)
    , admissions_(options.membership.admissions_per_second, options.membership.admissions_burst)
    , refill_attempts_(options.membership.refill_attempts)
    , mixes_left_(options.shuffle.mixes)
    , shuffle_pace_(options.shuffle.interval_min, options.shuffle.interval_max)
    , rejoin_wait_(options.heal.rejoin_first, options.heal.rejoin_cap)
    , heal_(options.heal, options.limit)
    , mark_(self)
    , corrections_(options.membership.correction_gap) {
    const shuffle_config& pace = options.shuffle;
    const auto spread = static_cast<std::uint64_t>((pace.first_max - pace.first_min).count());
    const duration jitter(static_cast<duration::rep>(random.below(spread + 1)));
    shuffle_pace_.start(pace.first_min + jitter, now);
    if (options.heal.probes) {
        const auto interval = static_cast<std::uint64_t>(options.heal.interval.count());
        probe_at_ = now + duration(static_cast<duration::rep>(random.below(interval) + 1));
    }
}

// --- the neighbours ---

/// True when the peer is a neighbour now, or was one.
bool hyparview::add_active(const peer_info& peer, priority how, bool is_own_choice, bool is_heal) {
    if (peer.id == self_) return false;
    if (view_entry* const known = active_.find(peer.id)) {
        learn(*known, peer.data);
        return true;
    }
    if (!make_room(peer, how, is_own_choice, is_heal)) return false;
    view_entry entry{.id = peer.id, .is_own_choice = is_own_choice};
    if (const view_entry* const reserve = passive_.find(peer.id)) {
        entry.data = reserve->data;
        entry.prefix = reserve->prefix;
        passive_.remove(peer.id);
    }
    learn(entry, peer.data);
    active_.add(std::move(entry));
    heal_.found(peer.id);
    rejoin_wait_.reset();
    rejoin_at_ = no_deadline;
    ++counts_.neighbors_up;
    if (is_heal) ++counts_.heals;
    change_pace();
    sink_.neighbor_up(peer.id);
    return true;
}

/// Evicts somebody if that is what it takes and may be done.
bool hyparview::make_room(const peer_info& peer, priority how, bool is_own_choice, bool is_heal) {
    const std::size_t extra = is_heal ? options_.heal.extra_links : 0;
    if (carriers() < options_.membership.active_max + extra) return true;
    if (how == priority::low || is_heal) return false;
    const auto entries = active_.entries();
    const auto own = static_cast<std::size_t>(std::count_if(
        entries.begin(),
        entries.end(),
        [](const view_entry& entry) { return entry.is_own_choice; }
    ));
    const bool keeps_own = !is_own_choice && own <= options_.membership.own_choice_quota;
    const view_entry* const victim = active_.pick_victim(
        prefix_of(peer.data),
        prefix_max(options_.membership.active_max),
        random_,
        [=](const view_entry& entry) {
            return !entry.is_observer && !(keeps_own && entry.is_own_choice);
        }
    );
    if (victim == nullptr) return false;
    const endpoint_id evicted = victim->id;
    say_goodbye(evicted, true);
    remove_active(evicted, down_reason::evicted, true);
    return true;
}

/// Whether a peer that asks may evict somebody now.
bool hyparview::admits(const endpoint_id& peer, priority how, bool is_heal) {
    const double rate = options_.membership.admissions_per_second;
    if (rate <= 0 || how == priority::low || is_heal) return true;
    if (!is_full() || active_.contains(peer)) return true;
    return admissions_.take(now_);
}

void hyparview::remove_active(const endpoint_id& peer, down_reason why, bool keep_in_reserve) {
    view_entry* const found = active_.find(peer);
    if (found == nullptr) return;
    view_entry entry = std::move(*found);
    active_.remove(peer);
    ++counts_.neighbors_down;
    sink_.neighbor_down(peer, why);
    if (keep_in_reserve && !entry.is_observer) add_passive(entry.info());
    if (view_entry* const reserve = passive_.find(peer)) reserve->was_neighbor = true;
    change_pace();
    watch_isolation();
}

void hyparview::refuse(const endpoint_id& peer) {
    ++counts_.refusals_sent;
    say_goodbye(peer, true);
}

/// A few to turn to.
shuffle_reply_message hyparview::others_than(const endpoint_id& peer) {
    shuffle_reply_message others;
    passive_.sample(others.nodes, options_.membership.refusal_nodes, peer, random_);
    if (others.nodes.size() < options_.membership.refusal_nodes) {
        const std::size_t missing = options_.membership.refusal_nodes - others.nodes.size();
        active_.sample(others.nodes, missing, peer, random_);
    }
    return others;
}

/// That we are no neighbours, and who may be instead.
void hyparview::say_goodbye(const endpoint_id& peer, bool is_alive) {
    const shuffle_reply_message others = others_than(peer);  // moved, GCC 12 warns at -O2
    send(peer, others);
    send(peer, disconnect_message{is_alive}, true);
    requests_.take(peer);
}

// --- what others say ---

void hyparview::on(
    const endpoint_id& from,
    const join_message& m,
    const extension& after,
    time_point now
) {
    now_ = now;
    const peer_info newcomer{from, m.data};
    if (after.is_observer) return admit_observer(newcomer, priority::high);
    if (options_.membership.is_observer) return refuse(from);
    const bool is_known = active_.contains(from);
    if (!admits(from, priority::high, false)
        || !add_active(newcomer, priority::high, false, false)) {
        add_passive(newcomer);
        return refuse(from);
    }
    requests_.take_reply(from);  // who joins does not know of it: it may have started anew
    reply(from, priority::high, false);
    merge_mark(after.component);
    if (is_known) return;  // the others have heard of it
    const forward_join_message forwarded{newcomer, options_.membership.active_walk};
    for (const view_entry& neighbor : active_.entries())
        if (neighbor.id != from && !neighbor.is_observer) send(neighbor.id, forwarded);
}

void hyparview::on(
    const endpoint_id& from,
    const forward_join_message& m,
    const extension&,
    time_point now
) {
    now_ = now;
    if (m.peer.id == self_ || options_.membership.is_observer) return;
    if (view_entry* const known = active_.find(m.peer.id)) {
        learn(*known, m.peer.data);
        return ask(m.peer, priority::high, purpose::join);
    }
    const std::uint16_t ttl = std::min(m.ttl, options_.membership.active_walk);
    if (ttl == 0 || carriers() <= 1) {
        if (!may_dial(m.peer.id)) return add_passive(m.peer);
        return ask(m.peer, priority::high, purpose::join);
    }
    if (ttl == options_.membership.passive_walk) add_passive(m.peer);
    if (requests_.contains(m.peer.id)) return;
    const view_entry* const next = active_.pick(random_, [&](const view_entry& entry) {
        return entry.id != from && !entry.is_observer;
    });
    const auto ttl_left = static_cast<std::uint16_t>(ttl - 1);
    if (next != nullptr) send(next->id, forward_join_message{m.peer, ttl_left});
}

void hyparview::on(
    const endpoint_id& from,
    const neighbor_message& m,
    const extension& after,
    time_point now
) {
    now_ = now;
    const bool is_answer = awaits_join(from) || requests_.contains(from);
    forget_join(from);
    const peer_info peer{from, m.data};
    if (after.is_observer) return admit_observer(peer, m.how);
    if (options_.membership.is_observer && !is_answer) return refuse(from);
    const bool was_replied_to = requests_.take_reply(from);
    const auto request = requests_.take(from);
    const bool is_heal = after.is_heal || (request && request->is_heal);
    if ((!request && !admits(from, m.how, is_heal))
        || !add_active(peer, m.how, request.has_value(), is_heal)) {
        if (!request) add_passive(peer);
        return refuse(from);
    }
    if (!request && !was_replied_to) reply(from, m.how, is_heal);
    merge_mark(after.component);
    if (request && options_.membership.refills_after_refusal) refill(nullptr);
}

void hyparview::on(
    const endpoint_id& from,
    const disconnect_message& m,
    const extension&,
    time_point now
) {
    now_ = now;
    const auto request = requests_.take(from);
    if (active_.contains(from)) {
        remove_active(from, down_reason::polite, m.is_alive);
        refill_attempts_ = options_.membership.refill_attempts;
        return refill(&from);
    }
    const bool is_reserve = passive_.contains(from);
    if (is_reserve && m.is_alive && options_.membership.drops_closed_reserve) be_polite(from);
    if (!request) return;
    ++counts_.refusals_received;
    refused(*request);
}

// --- the reserve ---

void hyparview::add_passive(const peer_info& peer) {
    if (peer.id == self_ || active_.contains(peer.id)) return;
    if (view_entry* const known = passive_.find(peer.id)) return learn(*known, peer.data);
    view_entry entry{.id = peer.id};
    learn(entry, peer.data);
    if (passive_.size() >= options_.membership.passive_max) {
        const view_entry* const victim = passive_.pick_victim(
            entry.prefix,
            prefix_max(options_.membership.passive_max),
            random_,
            [](const view_entry&) { return true; }
        );
        if (victim == nullptr) return;
        passive_.remove(victim->id);
    }
    passive_.add(std::move(entry));
}

void hyparview::learn(view_entry& entry, bytes_view data) {
    if (peer_view::update(entry, data)) sink_.heard_of(entry.info());
}

// --- small things ---

bool hyparview::needs(const endpoint_id& peer) const noexcept {
    return active_.contains(peer) || requests_.has_request(peer) || probed_ == peer
           || awaits_join(peer);
}

extension hyparview::own_extension() const noexcept {
    extension out;
    if (options_.heal.probes) out.component = mark_.bytes();
    out.is_observer = options_.membership.is_observer;
    return out;
}

void hyparview::send(const endpoint_id& to, const message& what, bool is_last) {
    sink_.send(to, what, is_last ? extension{} : own_extension(), is_last);
}

std::size_t hyparview::prefix_max(std::size_t view_max) const noexcept {
    const double share = options_.membership.prefix_share * static_cast<double>(view_max);
    return std::max<std::size_t>(2, static_cast<std::size_t>(share));
}

void hyparview::leave(time_point now) {
    now_ = now;
    while (!active_.empty()) {
        const endpoint_id peer = active_.entries().front().id;
        say_goodbye(peer, false);
        active_.remove(peer);
        ++counts_.neighbors_down;
        sink_.neighbor_down(peer, down_reason::left);
    }
    // Who is about to accept us must not wait for a neighbour that is gone.
    while (const auto request = requests_.take_any())
        send(request->peer, disconnect_message{false}, true);
    for (const join_attempt& join : joins_)
        if (awaits_join(join.peer) && sink_.link_of(join.peer) != link_phase::none)
            send(join.peer, disconnect_message{false}, true);
}

void hyparview::check_invariants() const {
    const config& o = options_;
    MH_ASSERT(
        carriers() <= o.membership.active_max + o.heal.extra_links,
        "the active view is bounded"
    );
    MH_ASSERT(
        observers() <= o.membership.observers_max + o.membership.active_max,
        "so are observers"
    );
    MH_ASSERT(passive_.size() <= o.membership.passive_max, "the passive view is bounded");
    MH_ASSERT(requests_.requests() <= o.limit.requests, "requests are bounded");
    MH_ASSERT(requests_.replies() <= o.limit.requests, "replies are bounded");
    MH_ASSERT(
        heal_.size() <= o.limit.lost + o.limit.bootstrap,
        "candidates for probes are bounded"
    );
    MH_ASSERT(!active_.contains(self_), "nobody is its own neighbour");
    MH_ASSERT(!passive_.contains(self_), "nobody is its own reserve");
    for (const view_entry& entry : active_.entries())
        MH_ASSERT(!passive_.contains(entry.id), "neighbours are not in the reserve");
}

}  // namespace meshhost::gossip::proto
