// SPDX-License-Identifier: Apache-2.0
#pragma once
// So many bytes a second, and those of two seconds at once. A machine: the caller has the clock,
// and locks.
#include "base/time.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace meshhost::plugin::proto {

class byte_budget {
public:
    explicit byte_budget(std::uint64_t per_second) noexcept
        : per_second_(static_cast<double>(per_second))
        , left_(2 * per_second_) {}

    /// False: not now.
    bool take(std::size_t bytes, time_point now) noexcept {
        if (now > last_) {
            const double seconds = std::chrono::duration<double>(now - last_).count();
            left_ = std::min(2 * per_second_, left_ + seconds * per_second_);
            last_ = now;
        }
        // In debt it goes on to where it was: a budget below one message is one message at a time.
        if (left_ <= 0) return false;
        left_ -= static_cast<double>(bytes);
        return true;
    }

    /// What was taken did not go after all.
    void give_back(std::size_t bytes) noexcept { left_ += static_cast<double>(bytes); }

private:
    double per_second_;
    double left_;
    time_point last_{};
};

}  // namespace meshhost::plugin::proto
