// SPDX-License-Identifier: Apache-2.0
#include "datagram_sim/wall_clock.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <ctime>

namespace meshhost::sim {

std::chrono::seconds wall_clock_offset{};

}  // namespace meshhost::sim

extern "C" int clock_gettime(clockid_t clock, timespec* at) {
    const long rv = ::syscall(SYS_clock_gettime, clock, at);
    if (rv == 0 && clock == CLOCK_REALTIME) at->tv_sec += meshhost::sim::wall_clock_offset.count();
    return static_cast<int>(rv);
}
