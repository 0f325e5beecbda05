// SPDX-License-Identifier: Apache-2.0
#include "quic/liveness.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::quic {

namespace {

/// The end whose turn it is draws from [95 %, 99 %] of the interval, the other from [100 %, 104 %]:
/// the questions of links that began together drift apart, and on any but a long path the first
/// one has arrived before the other end would ask.
constexpr double first_share = 0.95;
constexpr double second_share = 1;
constexpr double spread = 0.04;
/// How often a question is put within the time for its answer.
constexpr int repetitions = 8;
/// As much time as three questions and the last one's answer take on a long path.
constexpr int timeouts_patient = 5;
/// What an answer gets when somebody says that the peer is gone, however patient the terms are: who
/// says so has waited longer already.
constexpr duration hurried_answer = 600ms;
/// A deadline that we come to later than this tells of ourselves, not of the peer.
constexpr duration lateness_max = 250ms;
/// Long enough that the loop turns once more, and reads what has arrived.
constexpr duration last_look = 20ms;
constexpr unsigned refusals_believed = 3;
/// Between a refusal and the next question; doubles with each. Three take a third of a second, and
/// fewer ICMP messages than a Linux host sends at once (a burst of six, then one a second).
constexpr duration refusal_gap = 50ms;
/// Refusals further apart than this belong to different occasions.
constexpr duration suspicion_max = 3s;
/// How long refusals are ignored once the peer has proved one wrong.
constexpr duration deafness = 1s;
/// Until it is tried again to send what could not leave.
constexpr duration retry_gap = 10ms;

}  // namespace

void liveness::watch(const liveness_terms& terms, time_point now) {
    terms_ = terms;
    is_watching_ = true;
    heard_at_ = std::max(heard_at_, now);
    if (phase_ == phase::resting) rest();
}

void liveness::probe(time_point now) {
    is_binding_ = true;
    if (std::exchange(is_hurried_, true)) return;
    if (phase_ == phase::resting) return ask(now);
    if (phase_ == phase::waiting)
        due_ = std::min(due_, now + std::max(hurried_answer, least_patience_));
}

void liveness::heard(time_point now) {
    heard_at_ = now;
    is_next_ = phase_ == phase::resting || phase_ == phase::asking;
    if (is_suspect_) deaf_until_ = now + deafness;
    rest();
}

liveness::verdict liveness::refused(time_point now) {
    // Where nobody waits for the news, a peer that moved to another port is the likelier cause.
    if (!is_watching_ || now < deaf_until_) return verdict::alive;
    if (!is_suspect_ || now - suspect_since_ > suspicion_max) {
        is_suspect_ = true;
        suspect_since_ = now;
        refusals_ = 0;
    }
    if (phase_ == phase::resting) ask(now);
    const bool is_under_way = phase_ == phase::waiting || phase_ == phase::looking;
    if (!is_under_way || is_counted_) return verdict::alive;
    is_counted_ = true;
    if (++refusals_ >= refusals_believed) return verdict::refused;
    again_ = now + refusal_gap * (1u << (refusals_ - 1));
    return verdict::alive;
}

bool liveness::wants_ping(time_point now) const noexcept {
    return is_repetition_due_ || (phase_ == phase::asking && heard_at_ < now);
}

void liveness::pinged(time_point now, duration probe_timeout) {
    const duration usual =
        is_hurried_ ? std::min(terms_.answer_within, hurried_answer) : terms_.answer_within;
    least_patience_ = timeouts_patient * probe_timeout;
    const duration patience = std::max(usual, least_patience_);
    if (phase_ == phase::asking) {
        phase_ = phase::waiting;
        due_ = now + patience;
    }
    is_repetition_due_ = is_counted_ = false;
    again_ = now + std::max(probe_timeout, patience / repetitions);
}

time_point liveness::deadline() const noexcept {
    return std::min(due_, again_);
}

liveness::verdict liveness::on_deadline(time_point now) {
    if (now >= again_) {
        is_repetition_due_ = true;
        again_ = now + retry_gap;
    }
    if (now < due_) return verdict::alive;
    const bool is_late = now - due_ > lateness_max;
    switch (phase_) {
    case phase::resting:
        is_binding_ = true;
        ask(now);
        break;
    case phase::asking:
        due_ = now + retry_gap;
        break;
    case phase::waiting:
        if (is_late) {
            ask(now);
        } else {
            phase_ = phase::looking;
            due_ = now + last_look;
            again_ = no_deadline;
            is_repetition_due_ = false;
        }
        break;
    case phase::looking:
        if (is_late) {
            ask(now);
        } else if (is_binding_) {
            rest();
            return verdict::silent;
        } else {
            rest();  // a refusal's question, when nobody else doubts the peer
        }
        break;
    }
    return verdict::alive;
}

void liveness::rest() {
    phase_ = phase::resting;
    is_binding_ = is_hurried_ = is_suspect_ = is_counted_ = is_repetition_due_ = false;
    refusals_ = 0;
    again_ = no_deadline;
    draw_interval();
    due_ = is_watching_ ? heard_at_ + interval_ : no_deadline;
}

void liveness::ask(time_point now) {
    phase_ = phase::asking;
    is_repetition_due_ = false;
    again_ = no_deadline;
    due_ = now;
}

void liveness::draw_interval() {
    const double share = (is_next_ ? first_share : second_share) + spread * random_.unit();
    const double nanoseconds = share * static_cast<double>(terms_.ping_every.count());
    interval_ = duration(static_cast<duration::rep>(nanoseconds));
}

}  // namespace meshhost::quic
