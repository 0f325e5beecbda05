// SPDX-License-Identifier: Apache-2.0
#include "base/prng.hpp"
#include "sim/event_queue.hpp"
#include "support/catch.hpp"

#include <algorithm>

namespace meshhost::sim {
namespace {

TEST_CASE("event_queue: events come in the order of their times", "[sim]") {
    event_queue<int> queue;
    prng random(1);
    std::vector<int> times;
    for (int i = 0; i < 1'000; ++i)
        times.push_back(static_cast<int>(random.below(500)));
    for (const int time : times)
        queue.schedule(time_point(duration(time)), time);

    std::sort(times.begin(), times.end());
    for (const int time : times)
        CHECK(queue.pop().event == time);
    CHECK(queue.empty());
}

TEST_CASE("event_queue: of equal times, what was scheduled first comes first", "[sim]") {
    event_queue<int> queue;
    for (int i = 0; i < 100; ++i)
        queue.schedule(time_point(1ms), i);
    for (int i = 0; i < 100; ++i)
        CHECK(queue.pop().event == i);
}

TEST_CASE("event_queue: scheduling while taking keeps the order", "[sim]") {
    event_queue<int> queue;
    prng random(2);
    for (int i = 0; i < 50; ++i)
        queue.schedule(time_point(duration(random.below(100))), 0);
    time_point now;
    for (int i = 0; i < 5'000; ++i) {
        const auto next = queue.pop();
        CHECK(next.at >= now);
        now = next.at;
        queue.schedule(now + duration(random.below(100)), 0);
    }
    CHECK(queue.size() == 50);
}

}  // namespace
}  // namespace meshhost::sim
