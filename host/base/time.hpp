// SPDX-License-Identifier: Apache-2.0
#pragma once
// Time as everything above net/ sees it: a monotonic point that is always an argument. The clock
// has no now() on purpose, so that sans-IO code that tries to read it does not compile.
#include <chrono>
#include <cstdint>

namespace meshhost {

using duration = std::chrono::nanoseconds;

struct monotonic {
    using rep = meshhost::duration::rep;
    using period = meshhost::duration::period;
    using duration = meshhost::duration;
    using time_point = std::chrono::time_point<monotonic>;
    static constexpr bool is_steady = true;
};

/// A point on the host's monotonic clock (or a simulator's virtual one). Nanoseconds.
using time_point = monotonic::time_point;

using namespace std::chrono_literals;

/// Never reached: the deadline of a machine that waits for nothing.
inline constexpr time_point no_deadline = time_point::max();

}  // namespace meshhost
