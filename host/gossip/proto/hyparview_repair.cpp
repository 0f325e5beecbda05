// SPDX-License-Identifier: Apache-2.0
// What is asked of others: to be a neighbour in place of one that was lost, to let us in again,
// and whether they belong to a part of the mesh that we do not know.
#include "gossip/proto/hyparview.hpp"

#include <algorithm>

namespace meshhost::gossip::proto {

using identity::endpoint_id;

namespace {

constexpr duration join_answer_wait = 5s;  ///< a dial over a relay and a round trip; a guess

template <class List>
bool is_listed(const List& list, const endpoint_id& peer) noexcept {
    return std::find(list.begin(), list.end(), peer) != list.end();
}

}  // namespace

// --- neighbour requests ---

void hyparview::ask(const peer_info& info, priority how, purpose why) {
    const endpoint_id peer = info.id;
    if (peer == self_ || requests_.contains(peer) || requests_.is_full()) return;
    const membership_config& o = options_.membership;
    const bool is_linked = sink_.link_of(peer) == link_phase::up;
    const bool is_timed = why == purpose::refill || o.times_every_request;
    const duration wait = is_linked ? o.request_timeout : o.dial_patience;
    const bool is_heal = why == purpose::heal;
    requests_.ask({peer, is_timed ? now_ + wait : no_deadline, is_heal});
    extension after = own_extension();
    after.is_heal = is_heal;
    // Whoever dials forgets addresses sooner than the views do.
    if (!is_linked) sink_.heard_of(info);
    sink_.send(peer, neighbor_message{how, self_data_.view()}, after, false);
}

void hyparview::reply(const endpoint_id& peer, priority how, bool is_heal) {
    if (requests_.contains(peer)) return;
    requests_.reply(peer);
    extension after = own_extension();
    after.is_heal = is_heal;  // the peer may have given up its request, and needs no eviction
    sink_.send(peer, neighbor_message{how, self_data_.view()}, after, false);
}

/// One more neighbour, from the reserve, if the view has room.
void hyparview::refill(const endpoint_id* except) {
    const membership_config& o = options_.membership;
    const std::size_t replies = o.counts_replies ? requests_.replies() : 0;
    if (carriers() + requests_.requests() + replies >= o.active_max) return;
    const bool is_alone = carriers() == 0;
    const bool is_patient = o.refills_after_refusal && !is_alone;
    if (is_patient && refill_attempts_ <= 0) return;
    const view_entry* const next = passive_.pick(random_, [&](const view_entry& entry) {
        return entry.not_before <= now_ && !requests_.contains(entry.id)
               && (except == nullptr || entry.id != *except);
    });
    if (next == nullptr) return starve();
    ask(next->info(), is_alone ? priority::high : priority::low, purpose::refill);
}

/// Whether we turn to a peer because a neighbour named it. That may be anybody, at any address: few
/// such dials are under way at once, so that nobody can aim ours at others or fill our tables.
bool hyparview::may_dial(const endpoint_id& named) {
    if (sink_.link_of(named) != link_phase::none) return true;
    std::erase_if(hearsay_, [&](const endpoint_id& peer) {
        return sink_.link_of(peer) != link_phase::dialing;
    });
    if (hearsay_.size() >= options_.limit.hearsay_dials) return false;
    hearsay_.push_back(named);
    return true;
}

/// Nobody is left to ask but those who were lost.
void hyparview::starve() {
    if (options_.heal.probes && heal_.lost() > 0)
        probe_at_ = std::min(probe_at_, now_ + options_.heal.starved_interval);
}

void hyparview::refused(const neighbor_request& request) {
    // Who refuses a probe is well, and reachable should we need it.
    if (request.is_heal) return heal_.found(request.peer);
    if (view_entry* const reserve = passive_.find(request.peer))
        reserve->not_before = now_ + options_.membership.refusal_pause;
    --refill_attempts_;
    if (options_.membership.refills_after_refusal) refill(&request.peer);
}

void hyparview::expire_requests() {
    while (const auto request = requests_.take_expired(now_)) {
        // A dial may still succeed; a silent peer is of no use.
        view_entry* const reserve = passive_.find(request->peer);
        if (reserve != nullptr && sink_.link_of(request->peer) == link_phase::dialing
            && options_.membership.times_every_request) {
            reserve->not_before = now_ + options_.membership.refusal_pause;
        } else {
            passive_.remove(request->peer);
        }
        if (!request->is_heal) refill(&request->peer);
    }
}

// --- links ---

void hyparview::link_up(const endpoint_id& peer, time_point now) {
    now_ = now;
    if (options_.membership.times_every_request)
        requests_.set_deadline(peer, now + options_.membership.request_timeout);
}

void hyparview::link_down(const endpoint_id& peer, link_end how, time_point now) {
    now_ = now;
    const auto request = requests_.take(peer);
    const bool was_polite = is_listed(polite_, peer);
    std::erase(polite_, peer);
    if (probed_ == peer) probed_.reset();
    if (const view_entry* const neighbor = active_.find(peer)) {
        const bool is_lost = how != link_end::closed && !neighbor->is_observer;
        if (is_lost && options_.heal.probes) heal_.lose(neighbor->info(), now);
        const bool is_refused = how == link_end::refused;
        remove_active(peer, is_refused ? down_reason::refused : down_reason::closed, was_polite);
        refill_attempts_ = options_.membership.refill_attempts;
        return refill(&peer);
    }
    if (options_.membership.drops_closed_reserve && !was_polite) passive_.remove(peer);
    if (request && !request->is_heal) refused(*request);
}

void hyparview::dial_failed(const endpoint_id& peer, time_point now) {
    now_ = now;
    const auto request = requests_.take(peer);
    if (probed_ == peer) probed_.reset();
    forget_join(peer);
    forget_unreachable(peer);
    if (request && !request->is_heal && options_.membership.refills_after_refusal) refill(&peer);
}

/// Not a reserve any more, but, if it was ever met, perhaps on the far side of a partition.
void hyparview::forget_unreachable(const endpoint_id& peer) {
    const view_entry* const reserve = passive_.find(peer);
    if (reserve == nullptr) return;
    if (options_.heal.probes && reserve->was_neighbor) heal_.lose(reserve->info(), now_);
    passive_.remove(peer);
}

void hyparview::be_polite(const endpoint_id& peer) {
    if (!is_listed(polite_, peer) && polite_.size() < options_.membership.passive_max)
        polite_.push_back(peer);
}

void hyparview::correct_stranger(const endpoint_id& peer, time_point now) {
    now_ = now;
    if (!options_.membership.corrects_strangers || requests_.contains(peer)) return;
    // Our Join may have been answered, and the answer be on its way behind this.
    if (awaits_join(peer) || !corrections_.take(peer, now)) return;
    send(peer, disconnect_message{true}, true);
}

// --- joining, and joining again ---

void hyparview::join(std::span<const endpoint_id> bootstrap, time_point now) {
    now_ = now;
    std::vector<endpoint_id> contacts;
    for (const endpoint_id& peer : bootstrap) {
        if (peer == self_ || is_listed(contacts, peer)) continue;
        if (!is_listed(bootstrap_, peer)) {
            if (bootstrap_.size() >= options_.limit.bootstrap) continue;
            bootstrap_.push_back(peer);
            if (options_.heal.probes) heal_.name(peer, now);
        }
        if (!active_.contains(peer)) contacts.push_back(peer);
    }
    const std::size_t all = contacts.size();
    join_some(std::move(contacts), options_.heal.rejoins ? options_.heal.rejoin_fanout : all);
    watch_isolation();
}

/// At random: a herd that knows the same contacts spreads over them.
void hyparview::join_some(std::vector<endpoint_id> contacts, std::size_t count) {
    for (std::size_t asked = 0; asked < count && !contacts.empty(); ++asked) {
        std::swap(contacts[random_.below(contacts.size())], contacts.back());
        send_join(contacts.back());
        contacts.pop_back();
    }
}

void hyparview::send_join(const endpoint_id& peer) {
    forget_join(peer);
    std::erase_if(joins_, [&](const join_attempt& join) {
        return now_ - join.at >= join_answer_wait;
    });
    joins_.push_back({peer, now_});
    // A Join is passed on to everybody near the contact.
    if (options_.membership.is_observer)
        send(peer, neighbor_message{priority::high, self_data_.view()});
    else
        send(peer, join_message{self_data_.view()});
}

void hyparview::forget_join(const endpoint_id& peer) noexcept {
    std::erase_if(joins_, [&](const join_attempt& join) { return join.peer == peer; });
}

bool hyparview::awaits_join(const endpoint_id& peer) const noexcept {
    return std::any_of(joins_.begin(), joins_.end(), [&](const join_attempt& join) {
        return join.peer == peer && now_ - join.at < join_answer_wait;
    });
}

void hyparview::suggest(std::span<const endpoint_id> peers, time_point now) {
    now_ = now;
    if (!options_.heal.probes) return;
    for (const endpoint_id& peer : peers)
        if (peer != self_) heal_.name(peer, now);
    watch_isolation();
}

void hyparview::watch_isolation() {
    if (!options_.heal.rejoins) return;
    const bool knows_nobody = bootstrap_.empty() && passive_.empty() && heal_.empty();
    if (carriers() > 0 || knows_nobody) {
        rejoin_at_ = no_deadline;
    } else if (rejoin_at_ == no_deadline) {
        rejoin_at_ = now_ + rejoin_wait_.next(random_);
    }
}

/// Nobody is our neighbour: ask a few contacts, a reserve, and one that was lost.
void hyparview::rejoin() {
    rejoin_at_ = now_ + rejoin_wait_.next(random_);
    ++counts_.rejoins;
    const auto is_free = [&](const endpoint_id& peer) {
        return sink_.link_of(peer) != link_phase::dialing;
    };
    for (const endpoint_id& peer : bootstrap_)
        sink_.hurry(peer);
    std::vector<endpoint_id> contacts;
    std::copy_if(bootstrap_.begin(), bootstrap_.end(), std::back_inserter(contacts), is_free);
    join_some(std::move(contacts), options_.heal.rejoin_fanout);
    refill(nullptr);
    const heal_candidate* const candidate = heal_.next(random_, now_);
    if (candidate == nullptr || is_listed(bootstrap_, candidate->id)) return;
    sink_.hurry(candidate->id);
    if (is_free(candidate->id)) ask(candidate->info(), priority::high, purpose::join);
}

// --- the heal probe ---

void hyparview::probe() {
    const auto quarter = static_cast<std::uint64_t>(options_.heal.interval.count() / 4);
    const duration jitter(static_cast<duration::rep>(random_.below(quarter + 1)));
    probe_at_ = now_ + options_.heal.interval - jitter;
    probed_.reset();
    const heal_candidate* const candidate = heal_.next(random_, now_);
    if (candidate == nullptr || active_.contains(candidate->id)) return;
    const endpoint_id peer = candidate->id;
    const std::size_t most = options_.membership.active_max + options_.heal.extra_links;
    if (carriers() >= most) return;
    ++counts_.probes;
    if (candidate->is_lost) {
        ask(candidate->info(), priority::high, purpose::heal);
        return refill(nullptr);  // starving, perhaps: then the next probe is soon
    }
    probed_ = peer;
    send(peer, make_shuffle(peer, 0));
}

/// A named candidate has answered. Is it of another part of the mesh?
void hyparview::finish_probe(const shuffle_reply_message& m, const extension& after) {
    const endpoint_id peer = *probed_;
    probed_.reset();
    const auto is_known = [&](const peer_info& node) {
        return node.id == self_ || active_.contains(node.id) || passive_.contains(node.id);
    };
    // iroh-gossip says no mark; that it names somebody we know is all the evidence there is.
    const bool is_apart = after.component.empty()
                              ? std::none_of(m.nodes.begin(), m.nodes.end(), is_known)
                              : mark_.differs(after.component);
    if (!is_apart || active_.contains(peer)) return;
    heal_.hurry(peer, now_);
    ask({peer, {}}, priority::high, purpose::heal);
}

/// A neighbour's mark. Whichever of the two is the smaller, somebody has to hear of it.
void hyparview::merge_mark(bytes_view mark) {
    if (!options_.heal.probes || mark.empty() || !mark_.differs(mark)) return;
    mark_.merge(mark);
    if (mark_at_ == no_deadline) mark_at_ = now_ + options_.heal.mark_delay;
}

/// In the smallest message that changes nothing else.
void hyparview::announce_mark() {
    mark_at_ = no_deadline;
    for (const view_entry& neighbor : active_.entries())
        send(neighbor.id, shuffle_reply_message{});
}

// --- time ---

time_point hyparview::next_deadline() const noexcept {
    const time_point requests = requests_.next_deadline();
    return std::min({requests, shuffle_pace_.next(), rejoin_at_, probe_at_, mark_at_});
}

void hyparview::handle_deadline(time_point now) {
    now_ = now;
    expire_requests();
    if (shuffle_pace_.next() <= now) shuffle();
    if (rejoin_at_ <= now) rejoin();
    if (probe_at_ <= now) probe();
    if (mark_at_ <= now) announce_mark();
}

}  // namespace meshhost::gossip::proto
