// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "telemetry/cost_meter.hpp"
#include "telemetry/governor.hpp"

using namespace meshhost;
using telemetry::governor;

namespace {

/// A process of which telemetry takes so much of each second.
struct process {
    governor watched{time_point{}, {}};
    time_point now{};
    telemetry::cpu_spent spent;

    bool run(duration by_telemetry, duration by_all) {
        now += governor::window;
        spent.by_telemetry += by_telemetry * 10;
        spent.by_process += by_all * 10;
        return watched.look(now, spent);
    }
};

}  // namespace

TEST_CASE("governor: an idle process may spend the floor", "[telemetry]") {
    process idle;
    CHECK_FALSE(idle.run(900us, 2ms));
    CHECK(idle.watched.factor() == 1);
    CHECK(idle.watched.ceiling() == Approx(0.001));
    CHECK(idle.watched.used() == Approx(0.0009));
    CHECK(idle.run(1100us, 2ms));
    CHECK(idle.watched.factor() == 0.5);
}

TEST_CASE("governor: a busy one a hundredth of what it takes", "[telemetry]") {
    process busy;
    CHECK_FALSE(busy.run(4ms, 500ms));
    CHECK(busy.watched.ceiling() == Approx(0.005));
    CHECK(busy.run(6ms, 500ms));
}

TEST_CASE("governor: too dear for long means that nothing is followed", "[telemetry]") {
    process dear;
    for (int i = 0; i < 6; ++i)
        dear.run(5ms, 10ms);
    CHECK(dear.watched.factor() == governor::least);
    CHECK(dear.run(5ms, 10ms));
    CHECK(dear.watched.factor() == 0);
    CHECK_FALSE(dear.run(5ms, 10ms));
    // Between half of the ceiling and the ceiling nothing changes; below, it comes back slowly.
    CHECK_FALSE(dear.run(800us, 10ms));
    for (int i = 0; i < 9; ++i)
        CHECK(dear.run(100us, 10ms));
    CHECK(dear.watched.factor() == Approx(0.9));
    dear.run(100us, 10ms);
    CHECK(dear.watched.factor() == Approx(1));
    CHECK_FALSE(dear.run(100us, 10ms));
}

TEST_CASE("governor: what is asked within a window changes nothing", "[telemetry]") {
    governor watched({}, {});
    CHECK_FALSE(watched.look(time_point{} + 9s, {9s, 9s}));
    CHECK(watched.used() == 0);
    CHECK(watched.look(time_point{} + 20s, {1s, 9s}));  // the window is as long as it was
    CHECK(watched.used() == Approx(0.05));
}

TEST_CASE("cost meter: time and spans add up", "[telemetry]") {
    telemetry::cost_meter costs;
    costs.spent(10us);
    costs.made_span();
    costs.made_span();
    CHECK(costs.total() == 10us + 2 * telemetry::cost_meter::per_span);
}
