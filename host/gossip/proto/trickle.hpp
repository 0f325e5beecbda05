// SPDX-License-Identifier: Apache-2.0
#pragma once
// When to speak next: Trickle (RFC 6206 §4.2) without its suppression. An interval has one moment
// in its second half, the next interval is twice as long, and a reset starts with the shortest.
#include "base/prng.hpp"
#include "base/time.hpp"

#include <algorithm>

namespace meshhost::gossip::proto {

class trickle {
public:
    trickle(duration interval_min, duration interval_max) noexcept
        : min_(interval_min)
        , max_(interval_max)
        , interval_(interval_min) {}

    /// The moment of this interval; no_deadline before the first start().
    time_point next() const noexcept { return next_; }

    /// The first moment is `after` from now, whatever the interval.
    void start(duration after, time_point now) noexcept {
        next_ = now + after;
        end_ = next_;
    }

    /// The moment has come: chooses the one of the next interval. Intervals slept through are
    /// left out.
    void step(prng& random, time_point now) noexcept {
        begin(std::max(end_, now), random);
        interval_ = std::min(max_, interval_ * 2);
    }

    /// Something changed. Does nothing while the interval is the shortest already.
    void reset(prng& random, time_point now) noexcept {
        if (interval_ <= min_ * 2 || next_ == no_deadline) return;
        interval_ = min_;
        begin(now, random);
        interval_ = std::min(max_, interval_ * 2);
    }

private:
    void begin(time_point from, prng& random) noexcept {
        const auto half = interval_.count() / 2;
        const auto within = random.below(static_cast<std::uint64_t>(half) + 1);
        next_ = from + duration(half + static_cast<duration::rep>(within));
        end_ = from + interval_;
    }

    duration min_;
    duration max_;
    duration interval_;  ///< of the interval to come
    time_point next_ = no_deadline;
    time_point end_{};  ///< of the running interval
};

}  // namespace meshhost::gossip::proto
