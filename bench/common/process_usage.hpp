// SPDX-License-Identifier: Apache-2.0
#pragma once
// What this process has used so far, as the kernel counts it.
#include <chrono>
#include <cstddef>

namespace meshhost::bench {

/// CPU time of all threads, to the nanosecond.
std::chrono::nanoseconds cpu_time() noexcept;

/// From /proc/self/smaps_rollup, in KiB; all zero where the kernel has no such file.
struct memory_use {
    std::size_t rss_kib = 0;
    std::size_t pss_kib = 0;
    std::size_t anonymous_kib = 0;
};
memory_use memory_now();

}  // namespace meshhost::bench
