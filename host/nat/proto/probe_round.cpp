// SPDX-License-Identifier: Apache-2.0
#include "nat/proto/probe_round.hpp"

#include "base/assert.hpp"
#include "nat/proto/path_selector.hpp"

#include <algorithm>

namespace meshhost::nat::proto {

namespace {

/// As many questions as the peer can have in a round.
constexpr std::size_t heard_max = targets_max * (probes_max + prompted_probes_max);

duration gap_after(unsigned ticks) noexcept {
    if (ticks >= probes_max) return last_answer_wait;
    return std::min<duration>(probe_gap_max, probe_gap_first * (1 << (ticks - 1)));
}

}  // namespace

probe_round::probe_round(
    std::uint32_t number,
    std::span<const candidate> targets,
    time_point first_at
)
    : number_(number)
    , next_tick_(first_at) {
    for (const candidate& one : targets)
        add_target(one);
}

probe_round::target* probe_round::find(const ip_endpoint& address) noexcept {
    const auto at = std::find_if(targets_.begin(), targets_.end(), [&](const target& one) {
        return one.what.address == address;
    });
    return at == targets_.end() ? nullptr : &*at;
}

void probe_round::add_target(const candidate& what) {
    if (targets_.size() >= targets_max || !is_probeable(what.address)) return;
    if (find(what.address) != nullptr) return;
    const bool is_late = ticks_ > 0;
    targets_.push_back({.what = what, .is_due = is_late});
    has_due_ = has_due_ || is_late;
}

bool probe_round::heard_question(
    const ip_endpoint& local,
    const ip_endpoint& remote,
    std::uint64_t nonce
) {
    const auto heard = heard_.find(nonce);
    if (heard != heard_.end() ? heard->second != remote : heard_.size() >= heard_max) return false;
    heard_.emplace(nonce, remote);
    add_target({remote, candidate_kind::reflexive});
    target* const from = find(remote);
    if (from == nullptr) return true;
    from->was_heard = true;
    from->local = local;
    if (is_stopped_ || from->has_answered || from->was_prompted) return true;
    if (from->prompted >= prompted_probes_max) return true;
    ++from->prompted;
    from->was_prompted = true;
    from->is_due = true;
    has_due_ = true;
    return true;
}

const verified_path* probe_round::verify(target& of, verified_path path) {
    MH_ASSERT(!of.has_answered, "an address is verified once");
    of.has_answered = true;
    of.is_due = false;
    verified_.push_back(std::move(path));
    return &verified_.back();
}

const verified_path* probe_round::heard_answer(
    const ip_endpoint& local,
    const ip_endpoint& remote,
    std::uint64_t nonce,
    const std::optional<ip_endpoint>& seen,
    time_point now
) {
    target* const from = find(remote);
    if (from == nullptr) return nullptr;
    const auto sent = std::find_if(from->sent.begin(), from->sent.end(), [&](auto& one) {
        return one.nonce == nonce;
    });
    if (sent == from->sent.end()) return nullptr;
    const duration rtt = std::max<duration>(now - sent->at, 1us);
    if (from->has_answered) return complete(from->what.address, rtt, seen);
    return verify(*from, {.remote = from->what, .local = local, .rtt = rtt, .seen = seen});
}

/// The peer's word was faster than its answer, which says more.
const verified_path* probe_round::complete(
    const ip_endpoint& remote,
    duration rtt,
    const std::optional<ip_endpoint>& seen
) {
    const auto at = std::find_if(verified_.begin(), verified_.end(), [&](const auto& path) {
        return path.remote.address == remote;
    });
    MH_ASSERT(at != verified_.end(), "what has answered is verified");
    if (at->rtt > duration::zero()) return nullptr;
    at->rtt = rtt;
    at->seen = seen;
    return &*at;
}

const verified_path* probe_round::peer_confirms(const ip_endpoint& own) {
    target* const at = find(own);
    if (at == nullptr || !at->was_heard || at->has_answered) return nullptr;
    return verify(*at, {.remote = at->what, .local = at->local});
}

void probe_round::tick(time_point now) {
    ++ticks_;
    // From now, not from when it was due: after a long stop there are no probes to catch up on.
    next_tick_ = now + gap_after(ticks_);
    for (target& one : targets_) {
        one.was_prompted = false;
        one.is_due = !one.has_answered;
    }
    has_due_ = true;
}

std::optional<probe_round::question> probe_round::poll_question(time_point now) {
    if (is_stopped_) return std::nullopt;
    for (;;) {
        if (!has_due_) {
            if (ticks_ >= probes_max || now < next_tick_) return std::nullopt;
            tick(now);
        }
        for (target& one : targets_) {
            if (!one.is_due) continue;
            one.is_due = false;
            if (one.sent.size() == one.sent.capacity()) continue;
            const std::uint64_t nonce = std::uint64_t{number_} << 32 | ++asked_;
            one.sent.push_back({nonce, now});
            return question{one.what.address, one.local, nonce};
        }
        has_due_ = false;
    }
}

time_point probe_round::next_deadline() const noexcept {
    return is_stopped_ ? no_deadline : next_tick_;
}

bool probe_round::is_over(time_point now) const noexcept {
    return ticks_ >= probes_max && now >= next_tick_;
}

verified_path* probe_round::best_untried() noexcept {
    verified_path* best = nullptr;
    const auto biased = [](const verified_path& path) {
        const duration rtt = path.rtt > duration::zero() ? path.rtt : unknown_rtt;
        return biased_rtt(rtt, path.remote.address.family);
    };
    for (verified_path& path : verified_)
        if (!path.was_tried && (best == nullptr || biased(path) < biased(*best))) best = &path;
    return best;
}

}  // namespace meshhost::nat::proto
