// SPDX-License-Identifier: Apache-2.0
#pragma once
// Runs a shard on the test's own thread until something has happened, or fails loudly.
#include "net/shard.hpp"
#include "support/catch.hpp"

namespace meshhost::test {

/// Wide enough for a loaded machine under a sanitizer; a passing test never waits it out.
inline constexpr auto patience = std::chrono::seconds(60);

/// Turns the loop until `done()`; false when patience ran out first.
template <class Predicate>
bool run_until(net::shard& shard, Predicate done) {
    const auto limit = shard.now() + patience;
    shard.context().restart();
    while (!done()) {
        if (shard.now() > limit) return false;
        shard.context().run_one_for(std::chrono::milliseconds(5));
        if (shard.context().stopped()) shard.context().restart();
    }
    return true;
}

/// Turns two loops until `done()`.
template <class Predicate>
bool run_until_both(net::shard& one, net::shard& other, Predicate done) {
    return run_until(one, [&] {
        other.context().restart();
        other.context().poll();
        return done();
    });
}

}  // namespace meshhost::test
