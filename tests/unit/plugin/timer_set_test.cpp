// SPDX-License-Identifier: Apache-2.0
#include "plugin/proto/timer_set.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::plugin::proto;

namespace {

constexpr time_point t0{};

}  // namespace

TEST_CASE("timers: a one-shot timer fires once, not early", "[plugin][timers]") {
    timer_set timers;
    CHECK(timers.next_deadline() == no_deadline);
    const handle h = timers.start("once", t0 + 5ms, duration::zero(), 7);
    CHECK(timers.next_deadline() == t0 + 5ms);
    CHECK_FALSE(timers.poll(t0 + 4ms));
    const auto fired = timers.poll(t0 + 5ms);
    REQUIRE(fired.has_value());
    CHECK(fired->timer == h);
    CHECK(fired->tag == 7);
    CHECK(fired->due == t0 + 5ms);
    CHECK_FALSE(timers.poll(t0 + 1h));
    CHECK_FALSE(timers.cancel(h));
    CHECK(timers.size() == 0);
}

TEST_CASE("timers: a late strand gets one event and the count of the others", "[plugin][timers]") {
    timer_set timers;
    timers.start("every", t0 + 10ms, 10ms, 1);
    CHECK(timers.poll(t0 + 10ms)->missed == 0);
    const auto late = timers.poll(t0 + 59ms);
    REQUIRE(late.has_value());
    CHECK(late->due == t0 + 20ms);
    CHECK(late->missed == 3);  // 30, 40 and 50
    CHECK_FALSE(timers.poll(t0 + 59ms));
    CHECK(timers.next_deadline() == t0 + 60ms);  // no drift
}

TEST_CASE("timers: they fire in the order of their deadlines", "[plugin][timers]") {
    timer_set timers;
    timers.start("second", t0 + 2ms, duration::zero(), 2);
    timers.start("first", t0 + 1ms, duration::zero(), 1);
    CHECK(timers.poll(t0 + 5ms)->tag == 1);
    CHECK(timers.poll(t0 + 5ms)->tag == 2);
}

TEST_CASE("timers: a cancelled timer does not fire, even if it is due", "[plugin][timers]") {
    timer_set timers;
    const handle h = timers.start("never", t0, 1ms, 1);
    CHECK(timers.cancel(h));
    CHECK_FALSE(timers.poll(t0 + 1h));
    CHECK(timers.next_deadline() == no_deadline);
}

TEST_CASE("timers: there are no more than the limit, and all have names", "[plugin][timers]") {
    timer_set timers;
    for (std::size_t i = 0; i < timers_max; ++i)
        CHECK(timers.start("poll", t0, 1ms, i) != 0);
    CHECK(timers.start("poll", t0, 1ms, 0) == 0);
    CHECK(timers.names().size() == timers_max);
    CHECK(timers.names().front() == "poll");
    timers.clear();
    CHECK(timers.size() == 0);
    CHECK(timers.next_deadline() == no_deadline);
}
