// SPDX-License-Identifier: Apache-2.0
#pragma once
// Exponential back-off with jitter: each failure doubles the wait, up to a cap; the wait is
// drawn from the upper half so that peers that failed together do not return together.
#include "base/prng.hpp"
#include "base/time.hpp"

#include <algorithm>

namespace meshhost {

class backoff {
public:
    backoff(duration first, duration cap) noexcept
        : first_(first)
        , cap_(cap)
        , current_(first) {}

    /// How long to wait now that another attempt has failed.
    duration next(prng& random) noexcept {
        const auto half = current_.count() / 2;
        const duration wait{
            half + static_cast<duration::rep>(random.below(static_cast<std::uint64_t>(half) + 1))};
        current_ = std::min(cap_, current_ * 2);
        return wait;
    }

    void reset() noexcept { current_ = first_; }

private:
    duration first_;
    duration cap_;
    duration current_;
};

}  // namespace meshhost
