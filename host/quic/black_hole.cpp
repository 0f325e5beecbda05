// SPDX-License-Identifier: Apache-2.0
#include "quic/black_hole.hpp"

#include <algorithm>

namespace meshhost::quic {

namespace {

/// Shorter standstills have other reasons: a peer that is busy, a burst of losses. To be wrong
/// costs a sixth of the bytes in each packet for a while.
constexpr duration standstill_min = 500ms;
constexpr int probe_timeouts_min = 3;
/// Until long packets are tried again: a path that was only out takes them, and is soon as good as
/// before. Each trial in vain is a standstill, so it doubles, up to RFC 8899's PMTU_RAISE_TIMER.
constexpr duration pause_first = 10s;
constexpr duration pause_max = 600s;

}  // namespace

void black_hole::sent(std::size_t size, time_point now) noexcept {
    if (size <= size_min) return;
    long_ones_[next_] = now;
    next_ = (next_ + 1) % long_ones_.size();
}

void black_hole::stuck(time_point since, duration probe_timeout, time_point now) {
    tick(now);
    if (is_suspected_) return;
    if (now - since < std::max(standstill_min, probe_timeouts_min * probe_timeout)) return;
    if (*std::min_element(long_ones_.begin(), long_ones_.end()) < since) return;
    const bool in_vain = pause_ > duration::zero() && now - until_ < pause_;
    pause_ = in_vain ? std::min(2 * pause_, pause_max) : pause_first;
    until_ = now + pause_;
    is_suspected_ = true;
}

void black_hole::tick(time_point now) noexcept {
    if (now >= until_) is_suspected_ = false;
}

}  // namespace meshhost::quic
