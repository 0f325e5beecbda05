// SPDX-License-Identifier: Apache-2.0
#pragma once
// Limits how often something may happen: `burst` at once, `per_second` on average.
#include "base/time.hpp"

#include <algorithm>

namespace meshhost {

class token_bucket {
public:
    token_bucket(double per_second, double burst) noexcept
        : per_second_(per_second)
        , burst_(burst)
        , tokens_(burst) {}

    /// Of something whose size is known afterwards: what is spent beyond what there was is missing
    /// from what comes.
    void spend(double count) noexcept { tokens_ -= count; }

    bool take(time_point now) noexcept {
        if (last_ != time_point{} && now > last_) {
            const double seconds = std::chrono::duration<double>(now - last_).count();
            tokens_ = std::min(burst_, tokens_ + seconds * per_second_);
        }
        last_ = now;
        if (tokens_ < 1) return false;
        tokens_ -= 1;
        return true;
    }

private:
    double per_second_;
    double burst_;
    double tokens_;
    time_point last_{};
};

}  // namespace meshhost
