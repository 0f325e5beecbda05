// SPDX-License-Identifier: Apache-2.0
#include "nat/proto/puncher.hpp"

#include "base/assert.hpp"

#include <algorithm>

namespace meshhost::nat::proto {

namespace {

/// Whether one of the two could send to the other: an end that knows no address of its own can.
bool can_meet(const candidate_set& one, const candidate_set& other) noexcept {
    if (one.empty() || other.empty()) return one.empty() != other.empty();
    const auto has = [](const candidate_set& set, ip_family family) {
        const auto all = set.all();
        return std::any_of(all.begin(), all.end(), [&](const candidate& each) {
            return each.address.family == family;
        });
    };
    const bool in_v4 = has(one, ip_family::v4) && has(other, ip_family::v4);
    const bool in_v6 = has(one, ip_family::v6) && has(other, ip_family::v6);
    return in_v4 || in_v6;
}

/// Whether the two have interfaces in what may be one network: not to miss it, generously cut.
bool may_share_lan(const candidate_set& one, const candidate_set& other) noexcept {
    const auto is_near = [](const candidate& a, const candidate& b) {
        const bool are_interfaces =
            a.kind == candidate_kind::interface && b.kind == candidate_kind::interface;
        if (!are_interfaces || a.address.family != b.address.family) return false;
        const auto prefix = a.address.is_v4() ? 2 : 8;
        const auto* const from = a.address.address.data();
        return std::equal(from, from + prefix, b.address.address.data());
    };
    const auto ours = one.all();
    const auto theirs = other.all();
    return std::any_of(ours.begin(), ours.end(), [&](const candidate& a) {
        return std::any_of(theirs.begin(), theirs.end(), [&](const candidate& b) {
            return is_near(a, b);
        });
    });
}

}  // namespace

puncher::puncher(punch_role role, const punch_secret& secret)
    : role_(role)
    , sealer_(secret, role) {}

// --- inputs ---

void puncher::start(time_point now) {
    MH_ASSERT(!is_started_, "started once");
    is_started_ = true;
    hello_until_ = now + hello_timeout;
    say_hello();
    offer();
    report();
}

void puncher::set_candidates(const candidate_set& own, time_point now) {
    if (own == own_) return;
    // Behind a NAT that gives each destination another port, which of our addresses was seen last
    // changes with every answer: no reason to begin anew.
    const bool is_other = !own.is_same_as(own_);
    own_ = own;
    if (!is_other) return;
    if (!is_started_ || is_closed_) return report();
    offer();
    if (is_client()) restart(cause::own, now);
    report();
}

void puncher::set_traits(const nat_traits& own, time_point now) {
    if (own == own_traits_) return;
    own_traits_ = own;
    if (!is_started_ || is_closed_) return report();
    say_hello();
    offer();
    if (is_client()) restart(cause::own, now);
    report();
}

void puncher::network_changed(time_point now) {
    if (!is_started_ || is_closed_) return;
    // What waits for an answer waits in vain.
    round_.reset();
    settle_at_ = no_deadline;
    upgrades_ = 0;
    if (is_client()) {
        move_.reset();
        restart(cause::network, now);
    } else {
        say_hello();
    }
    report();
}

void puncher::control_closed(time_point) {
    if (is_closed_) return;
    is_closed_ = true;
    round_.reset();
    move_.reset();
    settle_at_ = next_round_ = hello_until_ = no_deadline;
    attempt_ = 0;
    report();
}

probe_verdict puncher::receive_probe(
    const ip_endpoint& local,
    const ip_endpoint& remote,
    bytes_view datagram,
    time_point now
) {
    const auto probe = sealer_.open(datagram);
    if (!probe) return probe_verdict::forged;
    if (is_closed_ || own_traits_.relay_only) return probe_verdict::stale;
    const bool is_of_round = round_ && round_->number() == probe->round;
    if (probe->is_answer) {
        if (!is_of_round) return probe_verdict::stale;
        const auto* const path =
            round_->heard_answer(local, remote, probe->nonce, probe->seen, now);
        if (path == nullptr) return probe_verdict::stale;
        ++counts_.answers_taken;
        if (probe->seen) push(seen_at{*probe->seen});
        verified(*path, now);
        report();
        return probe_verdict::taken;
    }
    // A later round than ours: the client's probe was faster than its word through the relay.
    if (probe->round < round_number_) return probe_verdict::stale;
    if (!answers_.take(now)) return probe_verdict::over_limit;
    if (is_of_round && !round_->heard_question(local, remote, probe->nonce))
        return probe_verdict::stale;
    ++counts_.answers_sent;
    const punch_probe answer{true, probe->round, probe->nonce, remote};
    push(send_probe{remote, local, sealer_.seal(answer)});
    if (is_of_round) ask(now);
    return probe_verdict::taken;
}

void puncher::path_validated(const ip_endpoint& remote, duration rtt, time_point now) {
    const bool was_ours = move_ && (move_->remote == remote || move_->remote.is_unspecified());
    const auto seen = was_ours ? move_->seen : std::nullopt;
    if (direct_ && direct_->remote == remote) {
        path_measured(rtt);
    } else {
        direct_ = direct_path{remote, rtt, why_direct(remote, seen)};
    }
    move_.reset();
    round_.reset();
    settle_at_ = no_deadline;
    attempt_ = 0;
    upgrades_ = 0;
    was_lost_ = is_move_failed_ = has_move_failed_ = false;
    next_round_ = no_deadline;
    if (is_client()) plan_upgrade(now);
    report();
}

void puncher::path_failed(const ip_endpoint& remote, time_point now) {
    if (direct_ && direct_->remote == remote) {
        direct_.reset();
        was_lost_ = true;
        upgrades_ = 0;
        if (is_client()) {
            push(use_relay{remote});
            move_.reset();
            restart(cause::own, now);
        }
    } else if (move_ && move_->remote == remote) {
        move_failed(now);
    }
    report();
}

void puncher::path_measured(duration rtt) noexcept {
    if (direct_ && rtt > duration::zero()) direct_->rtt = rtt;
}

// --- outputs ---

/// Probes may be lost, so they are what is dropped when a driver takes nothing for long.
void puncher::push(punch_action action) {
    if (actions_.size() >= actions_max) {
        const auto probe = std::find_if(actions_.begin(), actions_.end(), [](const auto& one) {
            return std::holds_alternative<send_probe>(one) || std::holds_alternative<seen_at>(one);
        });
        if (probe != actions_.end()) {
            actions_.erase(probe);
            ++counts_.actions_dropped;
        }
    }
    actions_.push_back(std::move(action));
}

std::optional<punch_action> puncher::poll_action() {
    if (actions_.empty()) return std::nullopt;
    punch_action next = std::move(actions_.front());
    actions_.pop_front();
    return next;
}

time_point puncher::next_deadline() const noexcept {
    time_point next = std::min({hello_until_, next_round_, settle_at_});
    if (round_) next = std::min(next, round_->next_deadline());
    if (move_) next = std::min(next, move_->until);
    return next;
}

void puncher::handle_deadline(time_point now) {
    if (now >= hello_until_) hello_until_ = no_deadline;
    if (move_ && now >= move_->until) move_failed(now);
    if (now >= settle_at_) settle(now);
    if (round_) ask(now);
    if (round_ && !move_ && round_->is_over(now)) {
        // Nothing better can come any more: no need to wait for it.
        settle_at_ != no_deadline ? settle(now) : end_round(now);
    }
    if (now >= next_round_) {
        next_round_ = no_deadline;
        if (is_client()) {
            begin_round(now);
        } else {
            attempt_ = 0;
        }
    }
    report();
}

std::optional<ip_endpoint> puncher::direct_remote() const noexcept {
    return direct_ ? std::optional(direct_->remote) : std::nullopt;
}

std::optional<ip_endpoint> puncher::moving_to() const noexcept {
    const bool is_asked_for = move_ && !move_->remote.is_unspecified();
    return is_asked_for ? std::optional(move_->remote) : std::nullopt;
}

// --- reasons ---

void puncher::report() {
    const reach now = reach_now();
    if (now == said_) return;
    said_ = now;
    push(reach_changed{now});
}

reach puncher::reach_now() const noexcept {
    if (direct_) return {direct_->why};
    if (!is_started_) return {};
    const auto obstacle = why_not();
    if (obstacle && *obstacle != reach_reason::punching) return {*obstacle};
    if (obstacle) return {reach_reason::punching};
    const std::uint8_t rounds = is_client() ? rounds_max : peer_attempts_;
    const bool is_under_way = attempt_ > 0 && attempt_ <= rounds;
    if (is_under_way && (round_ || move_ || next_round_ != no_deadline))
        return {reach_reason::punching, attempt_, rounds};
    const bool is_expecting = !is_client() && round_number_ == 0 && next_round_ != no_deadline;
    if (is_expecting) return {reach_reason::punching};
    return {why_failed()};
}

/// Why no round makes sense now; `punching` while the peer has yet to say anything.
std::optional<reach_reason> puncher::why_not() const noexcept {
    if (own_traits_.relay_only || peer_traits_.relay_only)
        return reach_reason::relay_only_by_config;
    if (is_closed_) return reach_reason::peer_does_not_punch;
    if (!has_hello_) {
        const bool is_waiting = hello_until_ != no_deadline;
        return is_waiting ? reach_reason::punching : reach_reason::peer_does_not_punch;
    }
    // Whatever keeps datagrams off the internet does not keep them off the local network.
    if (is_udp_blocked() && !may_share_lan(own_, peers_)) return reach_reason::udp_blocked;
    if (!can_meet(own_, peers_)) return reach_reason::no_candidates;
    return std::nullopt;
}

bool puncher::is_udp_blocked() const noexcept {
    return own_traits_.udp_works == known::no || peer_traits_.udp_works == known::no;
}

reach_reason puncher::why_failed() const noexcept {
    if (is_udp_blocked()) return reach_reason::udp_blocked;
    if (was_lost_) return reach_reason::direct_lost;
    if (has_move_failed_) return reach_reason::migration_failed;
    // The client would have begun if it knew of a way; only it knows the addresses of both.
    if (!is_client() && round_number_ == 0) return reach_reason::no_candidates;
    const bool ours = own_traits_.mapping_varies == known::yes;
    const bool theirs = peer_traits_.mapping_varies == known::yes;
    if (ours && theirs) return reach_reason::nat_symmetric_both;
    if (ours || theirs) return reach_reason::nat_symmetric_hard;
    return reach_reason::no_answer;
}

reach_reason puncher::why_direct(const ip_endpoint& remote, const std::optional<ip_endpoint>& seen)
    const {
    const auto all = own_.all();
    const bool is_own = std::any_of(all.begin(), all.end(), [&](const candidate& one) {
        return one.kind == candidate_kind::interface && one.address.family == remote.family
               && one.address.address == remote.address;
    });
    if (is_own || remote.is_loopback()) return reach_reason::same_host;
    const candidate* const theirs = peers_.find(remote);
    const candidate* const ours = seen ? own_.find(*seen) : nullptr;
    const auto is = [](const candidate* one, candidate_kind kind) {
        return one != nullptr && one->kind == kind;
    };
    const auto is_public = [&](const candidate* one) {
        const bool is_fixed = is(one, candidate_kind::interface) || is(one, candidate_kind::told);
        return is_fixed && !is_private(one->address);
    };
    if (is_private(remote) && is(theirs, candidate_kind::interface)) return reach_reason::same_lan;
    if (remote.is_link_local()) return reach_reason::same_lan;
    if (is_public(theirs) || is_public(ours)) return reach_reason::direct;
    if (is(theirs, candidate_kind::port_mapped) || is(ours, candidate_kind::port_mapped))
        return reach_reason::port_mapped;
    return reach_reason::punched;
}

void puncher::check_invariants() const {
    MH_ASSERT(actions_.size() <= actions_max + 16, "actions are bounded");
    MH_ASSERT(!is_closed_ || (!round_ && !move_), "nothing is tried without the control stream");
    MH_ASSERT(!move_ || move_->until != no_deadline, "a move has an end");
    const bool is_waiting = round_ || move_ || next_round_ != no_deadline;
    const bool is_final = direct_ || said_.why != reach_reason::punching;
    MH_ASSERT(is_waiting || is_final || hello_until_ != no_deadline, "who punches has a deadline");
    const bool may_try = is_client() && is_started_ && !why_not();
    MH_ASSERT(!may_try || direct_ || is_waiting, "a relayed client tries again some time");
    MH_ASSERT(control_.held() <= 3 + control_payload_max, "one frame is held at most");
}

}  // namespace meshhost::nat::proto
