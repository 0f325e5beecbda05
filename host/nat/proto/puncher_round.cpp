// SPDX-License-Identifier: Apache-2.0
// Rounds of probes, and the client's moves to what they found.
#include "base/assert.hpp"
#include "nat/proto/path_selector.hpp"
#include "nat/proto/puncher.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::nat::proto {

/// Something is another than when the last round began: a new attempt, at once where the change is
/// our own, after a pause where it is the peer's. Bounded either way.
void puncher::restart(cause why, time_point now) {
    MH_ASSERT(is_client(), "the client leads");
    if (why_not()) {
        // What runs has become senseless; it is begun again when the obstacle is gone.
        round_.reset();
        settle_at_ = next_round_ = no_deadline;
        return;
    }
    if (move_) return;  // it ends soon, one way or the other
    if (direct_ && why != cause::network && is_good_enough()) return;
    const bool is_ours = why != cause::peers;
    const bool is_first = round_number_ == 0;
    const bool may = is_first || (is_ours ? restarts_.take(now) : peer_restarts_.take(now));
    if (may || is_ours) {
        // A round that runs has the peer's new addresses by now, and is the first of its attempt.
        attempt_ = round_ && !direct_ ? 1 : 0;
        upgrades_ = 0;
        const bool is_urgent = why == cause::network || (is_ours && !direct_) || is_first;
        if (may && is_urgent) {
            attempt_ = 0;
            return begin_round(now);
        }
        const time_point earliest = std::max(now, round_began_ + round_gap_min);
        if (!round_ || is_ours) next_round_ = std::min(next_round_, earliest);
    }
    if (!round_ && !direct_ && next_round_ == no_deadline) next_round_ = now + upgrade_waits[0];
}

void puncher::begin_round(time_point now) {
    MH_ASSERT(is_client(), "the client leads");
    next_round_ = no_deadline;
    if (why_not() || move_) return;
    const bool is_upgrade = direct_ || attempt_ >= rounds_max;
    if (is_upgrade) {
        ++upgrades_;
    } else {
        ++attempt_;
    }
    ++round_number_;
    ++counts_.rounds;
    round_began_ = now;
    settle_at_ = no_deadline;
    is_move_failed_ = false;
    const auto own = own_.all();
    const std::uint8_t shown = is_upgrade ? std::uint8_t{0} : attempt_;
    say(reach_out_frame{round_number_, shown, rounds_max, {own.begin(), own.end()}});
    const duration lead = std::clamp<duration>(relay_rtt_ / 2, 0ms, lead_max);
    round_.emplace(round_number_, peers_.all(), now + lead);
    ask(now);
}

/// Nothing answered, or nothing that answered was of use.
void puncher::end_round(time_point now) {
    round_.reset();
    settle_at_ = no_deadline;
    has_move_failed_ = std::exchange(is_move_failed_, false);
    if (!is_client()) {
        // The client says "2 of 3": the third may come.
        const bool goes_on = attempt_ > 0 && attempt_ < peer_attempts_;
        if (!goes_on) attempt_ = 0;
        next_round_ = goes_on ? now + peer_round_timeout : no_deadline;
        if (!goes_on) was_lost_ = false;
        return;
    }
    if (next_round_ != no_deadline) return;  // something changed meanwhile
    if (direct_) return plan_upgrade(now);
    if (attempt_ < rounds_max && upgrades_ == 0) {
        next_round_ = now + round_waits[attempt_ - 1u];
        return;
    }
    attempt_ = rounds_max + 1;  // the attempt is over
    was_lost_ = false;
    next_round_ = now + upgrade_waits[std::min(upgrades_, upgrade_waits.size() - 1)];
}

bool puncher::is_good_enough() const noexcept {
    return direct_->rtt > duration::zero() && direct_->rtt < good_rtt;
}

void puncher::plan_upgrade(time_point now) {
    const duration wait = upgrade_waits[std::min(upgrades_, upgrade_waits.size() - 1)];
    next_round_ = is_good_enough() ? no_deadline : now + wait;
}

void puncher::ask(time_point now) {
    while (const auto question = round_->poll_question(now)) {
        ++counts_.questions_sent;
        const punch_probe probe{false, round_->number(), question->nonce, std::nullopt};
        push(send_probe{question->to, question->from, sealer_.seal(probe)});
    }
}

void puncher::verified(const verified_path& path, time_point now) {
    if (is_client()) {
        if (!move_ && settle_at_ == no_deadline) settle_at_ = now + settle_time;
        return;
    }
    if (path.seen) say(probe_ok_frame{round_->number(), *path.seen});
}

/// The first answer is a moment old: the best of them is it.
void puncher::settle(time_point now) {
    settle_at_ = no_deadline;
    if (!round_ || move_) return;
    const verified_path* const best = round_->best_untried();
    MH_ASSERT(best != nullptr, "it settles because something answered");
    if (direct_) {
        const auto biased = [](duration rtt, const ip_endpoint& to) {
            return biased_rtt(rtt > duration::zero() ? rtt : unknown_rtt, to.family);
        };
        const bool is_better = is_worth_moving(
            biased(direct_->rtt, direct_->remote),
            biased(best->rtt, best->remote.address)
        );
        if (direct_->remote == best->remote.address || !is_better) return end_round(now);
    }
    move_on(now);
}

void puncher::move_on(time_point now) {
    verified_path* const best = round_->best_untried();
    if (best == nullptr) return end_round(now);
    best->was_tried = true;
    round_->stop();
    ++counts_.moves;
    move_ = move{best->remote.address, best->seen, now + move_timeout};
    say(probe_ok_frame{round_->number(), best->remote.address});
    push(migrate_to{best->remote.address, best->local});
}

void puncher::move_failed(time_point now) {
    move_.reset();
    is_move_failed_ = true;
    ++counts_.moves_failed;
    if (!round_) {
        // The network changed meanwhile.
        if (is_client() && !direct_) next_round_ = std::min(next_round_, now + round_gap_min);
        return;
    }
    if (is_client()) return move_on(now);
    end_round(now);
}

}  // namespace meshhost::nat::proto
