// SPDX-License-Identifier: Apache-2.0
// What looking costs. Hidden, because times are no test: usage_test '[.cost]'.
#include "support/catch.hpp"
#include "usage/usage_sampler.hpp"

using namespace meshhost;

namespace {

struct deaf final : usage::usage_sink {
    void on_usage(time_point, const usage::proto::usage&, const usage::proto::budget&) override {}
    void on_budget_news(const char*, const usage::proto::budget_news&) override {}
};

double us_each(duration spent, int count) {
    return std::chrono::duration<double, std::micro>(spent).count() / count;
}

/// Fires `count` times, a millisecond apart, and does nothing: what the wake-ups cost.
struct empty_wakeups final : net::deadline_sink {
    empty_wakeups(net::shard& on, int count)
        : shard(on)
        , left(count)
        , timer(on, *this) {
        timer.arm(shard.now() + 1ms);
    }
    void on_deadline(time_point now) override {
        if (--left > 0) timer.arm(now + 1ms);
    }
    net::shard& shard;
    int left;
    net::deadline_timer timer;
};

}  // namespace

TEST_CASE("usage: what a look costs", "[.cost]") {
    constexpr int looks = 100'000;
    net::shard shard;
    deaf heard;
    usage::usage_sampler sampler(shard, heard, {250, 64 << 20});
    auto before = usage::cpu_spent();
    for (int i = 0; i < looks; ++i)
        sampler.look(shard.now());
    const double look = us_each(usage::cpu_spent() - before, looks);

    constexpr int wakeups = 2'000;
    empty_wakeups idle(shard, wakeups);
    before = usage::cpu_spent();
    shard.context().run();
    const double wakeup = us_each(usage::cpu_spent() - before, wakeups);

    constexpr double interval_us = 2e6;
    WARN(
        "a look: " << look << " us, a wake-up: " << wakeup << " us, together "
                   << (look + wakeup) / interval_us * 100 << " % of a core"
    );
    CHECK(idle.left == 0);
}
