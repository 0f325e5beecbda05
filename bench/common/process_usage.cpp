// SPDX-License-Identifier: Apache-2.0
#include "common/process_usage.hpp"

#include <fstream>
#include <limits>
#include <string>
#include <time.h>

namespace meshhost::bench {

std::chrono::nanoseconds cpu_time() noexcept {
    timespec used{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

memory_use memory_now() {
    memory_use use;
    std::ifstream rollup("/proc/self/smaps_rollup");
    rollup.ignore(std::numeric_limits<std::streamsize>::max(), '\n');  // the address range
    std::string key;
    std::string unit;
    for (std::size_t kib = 0; rollup >> key >> kib >> unit;) {
        if (key == "Rss:") use.rss_kib = kib;
        if (key == "Pss:") use.pss_kib = kib;
        if (key == "Anonymous:") use.anonymous_kib = kib;
    }
    return use;
}

}  // namespace meshhost::bench
