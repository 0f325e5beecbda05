// SPDX-License-Identifier: Apache-2.0
#include "peers/proto/load_tracker.hpp"
#include "support/catch.hpp"

#include <cmath>

using namespace meshhost;
using namespace meshhost::peers::proto;

namespace {

constexpr time_point start{1h};

/// How often the CPU's class changes while `signal(seconds)` is sampled once a second.
template <class Signal>
int changes(int seconds, Signal signal) {
    load_tracker tracker;
    int count = 0;
    auto last = tracker.sample(start, signal(0), 0).cpu;
    for (int second = 1; second <= seconds; ++second) {
        const auto next = tracker.sample(start + std::chrono::seconds(second), signal(second), 0);
        count += next.cpu != last ? 1 : 0;
        last = next.cpu;
    }
    return count;
}

std::uint8_t settled(load_tracker& tracker, time_point& now, double share) {
    load_class last;
    for (int second = 0; second < 120; ++second)
        last = tracker.sample(now += 1s, share, 0);
    return last.cpu;
}

}  // namespace

TEST_CASE("load: the first sample is its class, in eighths", "[peers][load]") {
    CHECK(load_tracker().sample(start, 0, 1) == load_class{0, 7});
    CHECK(load_tracker().sample(start, 0.125, 0.124) == load_class{1, 0});
    CHECK(load_tracker().sample(start, 0.999, 17) == load_class{7, 7});
}

TEST_CASE("load: what was not measured has no class, or keeps it", "[peers][load]") {
    load_tracker tracker;
    CHECK(tracker.sample(start, -1, std::nan("")) == load_class{});
    CHECK(tracker.sample(start, 0.5, -1) == load_class{4, load_class::not_measured});
    CHECK(tracker.sample(start + 1h, std::nan(""), 0.5) == load_class{4, 4});
}

TEST_CASE("load: a load that stays is told, in both directions", "[peers][load]") {
    load_tracker tracker;
    time_point now = start;
    CHECK(settled(tracker, now, 0.02) == 0);
    CHECK(settled(tracker, now, 0.95) == 7);
    CHECK(settled(tracker, now, 0.3) == 2);
    CHECK(settled(tracker, now, 5) == 7);
    CHECK(settled(tracker, now, 0) == 0);
}

TEST_CASE("load: a class is left half a class behind its bounds", "[peers][load]") {
    load_tracker tracker;
    time_point now = start;
    REQUIRE(settled(tracker, now, 0.3) == 2);  // 0.25 to 0.375
    CHECK(settled(tracker, now, 0.43) == 2);
    CHECK(settled(tracker, now, 0.20) == 2);
    CHECK(settled(tracker, now, 0.45) == 3);
    CHECK(settled(tracker, now, 0.32) == 3);
}

TEST_CASE("load: a signal that flaps does not chatter", "[peers][load]") {
    SECTION("idle and busy, a second each") {
        CHECK(changes(3600, [](int second) { return second % 2 == 0 ? 0.0 : 1.0; }) <= 4);
    }
    SECTION("around a boundary") {
        CHECK(changes(3600, [](int second) { return second % 7 < 3 ? 0.45 : 0.55; }) == 0);
    }
    SECTION("a slow swing within a class and its bands") {
        CHECK(changes(3600, [](int second) { return 0.44 + 0.11 * std::sin(second / 60.0); }) <= 1);
    }
    SECTION("a minute each is told, each time in a few steps") {
        const int count =
            changes(3600, [](int second) { return second / 60 % 2 == 0 ? 0.1 : 0.9; });
        CHECK(count >= 60);
        CHECK(count <= 60 * 7);
    }
}

TEST_CASE("load: a class lasts as long as it has to", "[peers][load]") {
    load_tracker tracker;
    REQUIRE(tracker.sample(start, 0, 0).cpu == 0);
    CHECK(tracker.sample(start + 4900ms, 1, 0).cpu == 0);
    const auto next = tracker.sample(start + 5s, 1, 0).cpu;
    CHECK(next > 0);
    CHECK(tracker.sample(start + 9900ms, 1, 0).cpu == next);
    CHECK(tracker.sample(start + 10s, 1, 0).cpu > next);
}
