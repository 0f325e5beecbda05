// SPDX-License-Identifier: Apache-2.0
#pragma once
// Turns of a shard's loop, until something came about.
#include "net/shard.hpp"
#include "support/catch.hpp"

namespace meshhost::test {

/// Fails the test when `done` is not true within five seconds.
template <class Done>
void run_until(net::shard& shard, Done done) {
    const time_point limit = shard.now() + 5s;
    while (!done()) {
        const time_point now = shard.now();
        REQUIRE(now < limit);
        shard.context().restart();
        shard.context().run_one_for(limit - now);
    }
}

/// Runs what is ready, and says how many handlers that were.
inline std::size_t run_ready(net::shard& shard) {
    shard.context().restart();
    return shard.context().poll();
}

}  // namespace meshhost::test
