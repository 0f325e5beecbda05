// SPDX-License-Identifier: Apache-2.0
#pragma once
// How often a node may tell others of itself: a burst at once, then one record every interval.
// Below what receivers tolerate.
#include "base/time.hpp"
#include "peers/proto/config.hpp"

#include <algorithm>

namespace meshhost::peers::proto {

/// The budget as a point in time that each record moves on by one interval, never behind now: it
/// may run ahead by a burst (the generic cell rate algorithm, ITU-T I.371).
class record_pace {
public:
    explicit record_pace(const config& options)
        : record_pace(options.record_interval, options.record_burst) {}
    record_pace(duration interval, int burst)
        : interval_(interval)
        , burst_(burst) {}

    /// From when on the next record may go.
    time_point free_at() const noexcept { return paced_to_ - interval_ * (burst_ - 1); }
    void spend(time_point now) noexcept { paced_to_ = std::max(paced_to_, now) + interval_; }

private:
    duration interval_;
    int burst_;
    time_point paced_to_{};
};

}  // namespace meshhost::peers::proto
