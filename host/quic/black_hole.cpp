// SPDX-License-Identifier: Apache-2.0
#include "quic/black_hole.hpp"

#include <algorithm>

namespace meshhost::quic {

namespace {

constexpr std::size_t probes_min = 2;
/// How long ago the last packet before them went, in PTOs: one, a double one, and one to be late.
constexpr int silence = 4;
/// Shorter standstills have other reasons: a hole that is being mended, a peer that is busy.
constexpr duration standstill_min = 500ms;
constexpr int probe_timeouts_min = 3;
/// Until long packets are tried again. To be wrong costs a sixth of the bytes in each packet for
/// that long, and happens wherever a path is out for a moment; to be right costs a standstill each
/// time. So it is short at first, and doubles up to RFC 8899's PMTU_RAISE_TIMER.
constexpr duration pause_first = 1s;
constexpr int pause_timeouts = 10;  // at first, and at least
constexpr duration pause_max = 600s;

}  // namespace

void black_hole::sent(std::size_t size, time_point now) noexcept {
    if (size <= size_min) return;
    long_ones_[next_] = now;
    next_ = (next_ + 1) % long_ones_.size();
}

void black_hole::unanswered(std::size_t probes, duration probe_timeout, time_point now) {
    if (probes < probes_min) return;
    suspect(now - silence * probe_timeout, probe_timeout, now);
}

void black_hole::stuck(time_point since, duration probe_timeout, time_point now) {
    if (now - since < std::max(standstill_min, probe_timeouts_min * probe_timeout)) return;
    suspect(since, probe_timeout, now);
}

void black_hole::suspect(time_point since, duration probe_timeout, time_point now) {
    tick(now);
    if (is_suspected_) return;
    if (*std::min_element(long_ones_.begin(), long_ones_.end()) < since) return;
    const bool in_vain =
        pause_ > duration::zero() && since - until_ < std::max(pause_, 2 * probe_timeout);
    const duration first = std::max(pause_first, pause_timeouts * probe_timeout);
    pause_ = in_vain ? std::min(2 * pause_, pause_max) : first;
    until_ = now + pause_;
    is_suspected_ = true;
}

void black_hole::tick(time_point now) noexcept {
    if (now >= until_) is_suspected_ = false;
}

}  // namespace meshhost::quic
