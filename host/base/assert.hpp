// SPDX-License-Identifier: Apache-2.0
#pragma once
// Assertions that stay on in release builds. They guard our own mistakes only: input from the
// network, a file or a user is answered with an error value, never with an assert.
#include <cstdio>
#include <cstdlib>

namespace meshhost {

[[noreturn]] inline void assertion_failed(
    const char* condition,
    const char* why,
    const char* file,
    int line
) noexcept {
    std::fprintf(stderr, "%s:%d: assertion failed: %s (%s)\n", file, line, condition, why);
    std::abort();
}

}  // namespace meshhost

#define MH_ASSERT(cond, why)                                                                       \
    (static_cast<bool>(cond) ? void(0)                                                             \
                             : ::meshhost::assertion_failed(#cond, why, __FILE__, __LINE__))
