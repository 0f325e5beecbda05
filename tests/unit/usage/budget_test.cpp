// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "usage/proto/budget_watch.hpp"
#include "usage/proto/cpu_rate.hpp"

using namespace meshhost;
using namespace meshhost::usage::proto;

namespace {

constexpr time_point start = time_point(1000s);

/// Reads every two seconds; the number of the reading with news, or -1.
int reading_with_news(budget_watch& watch, time_point& now, std::uint64_t used, int readings) {
    for (int i = 0; i < readings; ++i, now += 2s)
        if (watch.read(now, used, 100)) return i;
    return -1;
}

}  // namespace

TEST_CASE("budget: the configuration's word, then the control group's, then none", "[usage]") {
    const limits none;
    const limits group{500, 1000};
    CHECK(effective_budget(none, none) == budget{none, budget_source::none});
    CHECK(effective_budget(none, group) == budget{group, budget_source::cgroup});
    CHECK(effective_budget({250, 64}, group) == budget{{250, 64}, budget_source::config});
    CHECK(effective_budget({250, 0}, group) == budget{{250, 1000}, budget_source::config});
}

TEST_CASE("budget: of two limits the tighter counts, and none is no limit", "[usage]") {
    CHECK(tighter({250, 0}, {500, 64}) == limits{250, 64});
    CHECK(tighter({0, 128}, {0, 64}) == limits{0, 64});
    CHECK(tighter({}, {}) == limits{});
}

TEST_CASE("budget: the CPU rate is what was spent over what went by", "[usage]") {
    cpu_rate rate;
    CHECK(rate.read(start, 5s) == 0);
    CHECK(rate.read(start + 2s, 5s + 500ms) == 250);
    CHECK(rate.read(start + 4s, 5s + 4500ms) == 2000);
    CHECK(rate.read(start + 4s, 20s) == 0);  // no time went by
    CHECK(rate.read(start + 6s, 19s) == 0);  // a clock that ran back
    CHECK(rate.read(start + 8s, 19s + 2s) == 1000);
}

TEST_CASE("budget: over for ten seconds is news, once", "[usage]") {
    budget_watch watch("millicores");
    time_point now = start;
    CHECK(reading_with_news(watch, now, 101, 5) == -1);
    const auto news = watch.read(now, 130, 100);
    REQUIRE(news);
    CHECK(news->is_over);
    CHECK(news->words == "130 of 100 millicores used for 10 s");
    CHECK(watch.is_over());
    CHECK(reading_with_news(watch, now, 130, 100) == -1);
}

TEST_CASE("budget: one look below starts the ten seconds anew", "[usage]") {
    budget_watch watch("bytes");
    time_point now = start;
    CHECK(reading_with_news(watch, now, 101, 5) == -1);
    CHECK(reading_with_news(watch, now, 100, 1) == -1);
    CHECK(reading_with_news(watch, now, 101, 5) == -1);
    CHECK_FALSE(watch.is_over());
}

TEST_CASE("budget: back means well below, for as long", "[usage]") {
    budget_watch watch("bytes");
    time_point now = start;
    REQUIRE(reading_with_news(watch, now, 200, 6) == 5);
    CHECK(reading_with_news(watch, now, 95, 20) == -1);
    CHECK(reading_with_news(watch, now, 90, 5) == -1);
    const auto news = watch.read(now, 90, 100);
    REQUIRE(news);
    CHECK_FALSE(news->is_over);
}

TEST_CASE("budget: without a budget nothing is over", "[usage]") {
    budget_watch watch("bytes");
    for (time_point now = start; now < start + 1min; now += 2s)
        CHECK_FALSE(watch.read(now, 1'000'000, 0));
}
