// SPDX-License-Identifier: Apache-2.0
#pragma once
// CPU time rather than wall time: what something cost.
#include "base/time.hpp"

#include <ctime>

namespace meshhost::net {

inline duration cpu_time(clockid_t of) noexcept {
    timespec at{};
    ::clock_gettime(of, &at);
    return std::chrono::seconds(at.tv_sec) + std::chrono::nanoseconds(at.tv_nsec);
}

/// Of the calling thread. Reading it costs about half a microsecond.
inline duration thread_cpu_time() noexcept {
    return cpu_time(CLOCK_THREAD_CPUTIME_ID);
}

/// Of all threads of this process.
inline duration process_cpu_time() noexcept {
    return cpu_time(CLOCK_PROCESS_CPUTIME_ID);
}

}  // namespace meshhost::net
