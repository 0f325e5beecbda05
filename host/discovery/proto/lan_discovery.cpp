// SPDX-License-Identifier: Apache-2.0
#include "discovery/proto/lan_discovery.hpp"

#include "base/assert.hpp"

#include <algorithm>

namespace meshhost::discovery::proto {

namespace {

/// Beyond the endpoints themselves: a question and an answer may wait to be sent.
constexpr std::size_t outputs_beside = 4;

std::size_t parts(std::size_t endpoints, std::size_t enough) {
    return std::max<std::size_t>(1, (endpoints + enough - 1) / enough);
}

}  // namespace

lan_discovery::lan_discovery(
    identity::endpoint_id self,
    std::uint64_t seed,
    const lan_config& config
)
    : self_(self)
    , config_(config)
    , random_(seed)
    , budget_(config.messages_per_second, config.messages_burst)
    , cadence_(config.cadence) {}

duration lan_discovery::up_to(duration most) {
    const auto span = static_cast<std::uint64_t>(std::max<duration::rep>(most.count(), 1));
    return duration(static_cast<duration::rep>(random_.below(span)));
}

void lan_discovery::put(lan_output::what kind, families to, identity::endpoint_addr endpoint) {
    // Who does not drain them gets no more: the table still knows.
    if (outputs_.size() >= config_.endpoints_max * 2 + outputs_beside) {
        ++counts_.dropped;
        return;
    }
    outputs_.push_back({kind, to, std::move(endpoint)});
}

std::optional<lan_output> lan_discovery::poll_output() {
    if (outputs_.empty()) return std::nullopt;
    lan_output next = std::move(outputs_.front());
    outputs_.pop_front();
    return next;
}

duration lan_discovery::lifetime() const noexcept {
    const auto rounds = static_cast<int>(parts(endpoints_.size() + 1, config_.answers_enough));
    return std::min(config_.cadence_max * config_.expiry_rounds * rounds, config_.expiry_max);
}

time_point lan_discovery::next_deadline() const noexcept {
    time_point next = due_;
    for (const auto& [id, known] : endpoints_)
        next = std::min(next, known.heard_at + lifetime());
    return next;
}

void lan_discovery::wait_for_question(time_point now) {
    phase_ = phase::before_question;
    const auto hosts = static_cast<duration::rep>(endpoints_.size() + 1);
    due_ = now + cadence_ + up_to(std::min(cadence_ * hosts / 10, config_.cadence_max));
}

void lan_discovery::wait_to_answer(time_point now, families to) {
    phase_ = phase::before_answer;
    answer_to_ = to;
    answers_heard_ = 0;
    const auto rounds =
        static_cast<duration::rep>((endpoints_.size() + 1) / config_.answers_enough);
    if (has_answered_) {
        extra_wait_ = config_.answer_spread * std::min<duration::rep>(rounds, 10);
    } else {
        extra_wait_ = std::max(extra_wait_ - config_.answer_spread, duration::zero());
    }
    has_answered_ = false;
    const auto hosts = static_cast<duration::rep>(endpoints_.size() + 1);
    const auto enough = static_cast<duration::rep>(config_.answers_enough);
    due_ = now + up_to(config_.answer_spread * hosts / enough) + extra_wait_;
    if (last_answer_ != time_point{}) due_ = std::max(due_, last_answer_ + config_.answer_gap);
}

/// Something is new: as often as at the beginning.
void lan_discovery::hurry(time_point now) {
    cadence_ = config_.cadence;
    if (phase_ == phase::before_question) wait_for_question(now);
}

void lan_discovery::set_answers(bool has_answer, time_point now) {
    has_answer_ = has_answer;
    if (phase_ != phase::idle) handle_network_change(now);
}

void lan_discovery::handle_network_change(time_point now) {
    cadence_ = config_.cadence;
    phase_ = phase::idle;
    due_ = now;
}

void lan_discovery::handle(bytes_view message, families from, bool is_own_machine, time_point now) {
    if (phase_ == phase::idle) handle_deadline(now);
    if (!budget_.take(now)) {
        ++counts_.dropped;
        return;
    }
    auto heard = read_local_message(message, is_own_machine);
    if (!heard) {
        ++counts_.malformed;
        return;
    }
    if (heard->kind == local_kind::query) {
        if (phase_ == phase::before_question) wait_to_answer(now, from);
        return;
    }
    const std::size_t endpoints = heard->endpoints.size();
    bool is_from_self = false;
    for (auto& endpoint : heard->endpoints) {
        is_from_self |= endpoint.id == self_;
        if (endpoint.id != self_) note(std::move(endpoint), now);
    }
    // What we said ourselves comes back, for the sake of other hosts on this machine.
    if (!is_from_self) answer_heard(endpoints, now);
}

void lan_discovery::answer_heard(std::size_t endpoints, time_point now) {
    if (phase_ != phase::before_answer) return;
    answers_heard_ += endpoints;
    if (answers_heard_ < config_.answers_enough) return;
    ++counts_.suppressed;
    wait_for_question(now);
}

void lan_discovery::note(identity::endpoint_addr endpoint, time_point now) {
    const auto at = endpoints_.find(endpoint.id);
    if (at == endpoints_.end() && endpoints_.size() >= config_.endpoints_max) {
        ++counts_.dropped;
        return;
    }
    if (at != endpoints_.end()) {
        at->second.heard_at = now;
        if (at->second.endpoint == endpoint) return;
        at->second.endpoint = endpoint;
    } else {
        endpoints_.emplace(endpoint.id, entry{endpoint, now});
        hurry(now);
    }
    put(lan_output::what::found, families::both, std::move(endpoint));
}

void lan_discovery::expire(time_point now) {
    const duration life = lifetime();
    for (auto at = endpoints_.begin(); at != endpoints_.end();) {
        if (now < at->second.heard_at + life) {
            ++at;
            continue;
        }
        identity::endpoint_addr gone;
        gone.id = at->first;
        put(lan_output::what::lost, families::both, std::move(gone));
        at = endpoints_.erase(at);
    }
}

void lan_discovery::handle_deadline(time_point now) {
    expire(now);
    if (now < due_) return;
    switch (phase_) {
    case phase::idle:
        ++counts_.asked;
        put(lan_output::what::ask, families::both);
        wait_to_answer(now, families::both);
        return;
    case phase::before_question:
        ++counts_.asked;
        put(lan_output::what::ask, families::both);
        cadence_ = std::min(cadence_ * 2, config_.cadence_max);
        wait_to_answer(now, families::both);
        return;
    case phase::before_answer:
        if (has_answer_) {
            ++counts_.answered;
            put(lan_output::what::answer, answer_to_);
            has_answered_ = true;
            last_answer_ = now;
        }
        wait_for_question(now);
        return;
    }
}

void lan_discovery::check_invariants() const {
    MH_ASSERT(endpoints_.size() <= config_.endpoints_max, "the table is bounded");
    MH_ASSERT(
        outputs_.size() <= config_.endpoints_max * 2 + outputs_beside,
        "what waits to be said is bounded"
    );
    MH_ASSERT(endpoints_.find(self_) == endpoints_.end(), "nobody finds himself");
    MH_ASSERT(
        cadence_ >= config_.cadence && cadence_ <= config_.cadence_max,
        "the pace is within its limits"
    );
}

}  // namespace meshhost::discovery::proto
