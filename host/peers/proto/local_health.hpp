// SPDX-License-Identifier: Apache-2.0
#pragma once
// How far this host's own judgement can be trusted: one whose timers run late finds others silent
// that have spoken (Lifeguard, Dadgar, Phillips, Currey, 2018).
#include "base/time.hpp"
#include "peers/proto/config.hpp"

#include <algorithm>

namespace meshhost::peers::proto {

/// A machine's part. Remembers the worst lateness of late, which fades within config::lag_memory.
class local_health {
public:
    explicit local_health(const config& options)
        : options_(options) {}

    /// Something here ran `late` after it was due.
    void lagged(duration late, time_point now) noexcept {
        if (late < lag(now)) return;
        lag_ = late;
        at_ = now;
    }

    /// What every wait before a suspicion counts is multiplied with: 1 while all is well.
    double patience(time_point now) const noexcept {
        const duration over = lag(now) - options_.lag_tolerated;
        if (over <= duration::zero()) return 1;
        const double units = std::chrono::duration<double>(over) / options_.lag_unit;
        return std::min(1 + units, options_.patience_max);
    }

private:
    duration lag(time_point now) const noexcept {
        const double left = 1 - std::chrono::duration<double>(now - at_) / options_.lag_memory;
        if (left <= 0) return duration::zero();
        return std::chrono::duration_cast<duration>(lag_ * std::min(left, 1.0));
    }

    config options_;
    duration lag_{};
    time_point at_{};
};

}  // namespace meshhost::peers::proto
