// SPDX-License-Identifier: Apache-2.0
#pragma once
// Ends a test program that cannot run here with the code that ctest counts as skipped.
#include <cstdio>
#include <cstdlib>

namespace meshhost::test {

[[noreturn]] inline void skip_run(const char* reason) {
    std::fprintf(stderr, "skipped: %s\n", reason);
    std::_Exit(77);
}

}  // namespace meshhost::test
