// SPDX-License-Identifier: Apache-2.0
#include "base/backoff.hpp"
#include "support/catch.hpp"

#include <set>

using namespace meshhost;

TEST_CASE(
    "backoff: each wait lies in the upper half of a step that doubles up to the cap",
    "[base]"
) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        prng random(seed);
        backoff wait(100ms, 1s);
        for (const duration step :
             {duration(100ms),
              duration(200ms),
              duration(400ms),
              duration(800ms),
              duration(1s),
              duration(1s)}) {
            const duration next = wait.next(random);
            CHECK(next >= step / 2);
            CHECK(next <= step);
        }
    }
}

TEST_CASE("backoff: after a reset it starts over", "[base]") {
    prng random(1);
    backoff wait(100ms, 10s);
    for (int failures = 0; failures < 6; ++failures)
        wait.next(random);
    CHECK(wait.next(random) > 3s);
    wait.reset();
    CHECK(wait.next(random) <= 100ms);
}

TEST_CASE("backoff: those that fail together do not return together", "[base]") {
    std::set<duration> waits;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        prng random(seed);
        backoff wait(1s, 1min);
        waits.insert(wait.next(random));
    }
    CHECK(waits.size() == 100);
}

TEST_CASE("backoff: the same seed waits the same", "[base]") {
    prng one(7);
    prng other(7);
    backoff first(1s, 1min);
    backoff second(1s, 1min);
    for (int failures = 0; failures < 10; ++failures)
        CHECK(first.next(one) == second.next(other));
}
