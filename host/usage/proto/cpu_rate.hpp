// SPDX-License-Identifier: Apache-2.0
#pragma once
// From readings of the process's CPU clock to thousandths of a core.
#include "base/time.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

namespace meshhost::usage::proto {

class cpu_rate {
public:
    /// Between this reading and the one before; 0 for the first, and for two at one time.
    std::uint32_t read(time_point now, duration spent) {
        const auto earlier = std::exchange(last_, reading{now, spent});
        if (!earlier || now <= earlier->at || spent <= earlier->spent) return 0;
        constexpr double millis = 1000;
        const double share = static_cast<double>((spent - earlier->spent).count())
                             / static_cast<double>((now - earlier->at).count());
        constexpr double most = std::numeric_limits<std::uint32_t>::max();
        return static_cast<std::uint32_t>(std::min(share * millis + 0.5, most));
    }

private:
    struct reading {
        time_point at;
        duration spent;
    };
    std::optional<reading> last_;
};

}  // namespace meshhost::usage::proto
