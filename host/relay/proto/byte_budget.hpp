// SPDX-License-Identifier: Apache-2.0
#pragma once
// How fast somebody may be read from: bytes a second on average, `burst` at once. What was read is
// read: it goes into debt, and says when that is paid.
#include "base/time.hpp"

#include <algorithm>
#include <cstdint>

namespace meshhost::relay::proto {

class byte_budget {
public:
    /// `per_second` 0: without limit.
    byte_budget(std::uint64_t per_second, std::uint64_t burst) noexcept
        : per_second_(static_cast<double>(per_second))
        , burst_(static_cast<double>(std::max<std::uint64_t>(burst, 1)))
        , left_(burst_) {}

    /// `count` bytes were read. When to read again: `now`, or later.
    time_point spend(std::size_t count, time_point now) noexcept {
        if (per_second_ == 0) return now;
        const std::chrono::duration<double> passed = std::max(now - last_, duration{});
        if (last_ != time_point{}) left_ = std::min(burst_, left_ + passed.count() * per_second_);
        last_ = now;
        left_ -= static_cast<double>(count);
        if (left_ >= 0) return now;
        const std::chrono::duration<double> debt(-left_ / per_second_);
        return now + std::chrono::duration_cast<duration>(debt) + 1ns;
    }

private:
    double per_second_;
    double burst_;
    double left_;
    time_point last_{};
};

}  // namespace meshhost::relay::proto
