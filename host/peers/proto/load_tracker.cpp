// SPDX-License-Identifier: Apache-2.0
#include "peers/proto/load_tracker.hpp"

#include <algorithm>
#include <cmath>

namespace meshhost::peers::proto {

namespace {

constexpr double width = 1.0 / (load_class::highest + 1);  ///< of a class
constexpr double band = width / 2;  ///< beyond its bounds before a class is left

std::uint8_t class_of(double share) {
    const double eighths = std::floor(share / width);
    return static_cast<std::uint8_t>(std::clamp(eighths, 0.0, double{load_class::highest}));
}

}  // namespace

std::uint8_t load_signal::sample(time_point now, double share) {
    if (!std::isfinite(share) || share < 0) return class_;
    smooth(now, share);
    const std::uint8_t next = judge();
    const bool is_first = class_ == load_class::not_measured;
    if (next == class_ || (!is_first && now - entered_at_ < options_.load_dwell)) return class_;
    class_ = next;
    entered_at_ = now;
    return class_;
}

/// An average that forgets exponentially, by time and not by samples.
void load_signal::smooth(time_point now, double share) {
    if (smoothed_) {
        const std::chrono::duration<double> passed = std::max(now - sampled_at_, duration{});
        const std::chrono::duration<double> memory = options_.load_memory;
        const double weight = 1 - std::exp(-(passed / memory));
        share = *smoothed_ + weight * (share - *smoothed_);
    }
    smoothed_ = share;
    sampled_at_ = now;
}

std::uint8_t load_signal::judge() const {
    if (class_ == load_class::not_measured) return class_of(*smoothed_);
    const bool is_above = *smoothed_ >= (class_ + 1) * width + band;
    const bool is_below = *smoothed_ < class_ * width - band;
    return is_above || is_below ? class_of(*smoothed_) : class_;
}

}  // namespace meshhost::peers::proto
