// SPDX-License-Identifier: Apache-2.0
#pragma once
// The time of day, for a whole test program: wall_clock.cpp defines clock_gettime() a second time,
// and in a program linked with it GnuTLS reads that one.
#include <chrono>

namespace meshhost::sim {

/// So much later than the machine's; zero by default.
extern std::chrono::seconds wall_clock_offset;

}  // namespace meshhost::sim
