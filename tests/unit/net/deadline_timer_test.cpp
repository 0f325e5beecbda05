// SPDX-License-Identifier: Apache-2.0
#include "loop_fixture.hpp"
#include "net/deadline_timer.hpp"

#include <memory>
#include <optional>
#include <vector>

using namespace meshhost;
using net::deadline_timer;
using test::run_ready;
using test::run_until;

namespace {

struct recorder final : net::deadline_sink {
    void on_deadline(time_point now) override { fired.push_back(now); }
    std::vector<time_point> fired;
};

}  // namespace

TEST_CASE("net: a deadline fires once, not before its time", "[net][timer]") {
    net::shard shard;
    recorder sink;
    deadline_timer timer(shard, sink);
    const time_point deadline = shard.now() + 5ms;
    timer.arm(deadline);
    run_until(shard, [&] { return !sink.fired.empty(); });
    CHECK(sink.fired.front() >= deadline);
    run_ready(shard);
    CHECK(sink.fired.size() == 1);
}

TEST_CASE("net: a deadline in the past fires on the next turn, not at once", "[net][timer]") {
    net::shard shard;
    recorder sink;
    deadline_timer timer(shard, sink);
    timer.arm(shard.now() - 1s);
    CHECK(sink.fired.empty());
    run_until(shard, [&] { return !sink.fired.empty(); });
    CHECK(sink.fired.size() == 1);
}

TEST_CASE("net: a deadline that moves closer is kept", "[net][timer]") {
    net::shard shard;
    recorder sink;
    deadline_timer timer(shard, sink);
    const time_point start = shard.now();
    timer.arm(start + 1h);
    timer.arm(start + 5ms);
    run_until(shard, [&] { return !sink.fired.empty(); });
    CHECK(sink.fired.front() >= start + 5ms);
}

TEST_CASE("net: a deadline that moves away fires late, and once", "[net][timer]") {
    net::shard shard;
    recorder sink;
    deadline_timer timer(shard, sink);
    const time_point start = shard.now();
    timer.arm(start + 2ms);
    timer.arm(start + 30ms);
    run_until(shard, [&] { return !sink.fired.empty(); });
    CHECK(sink.fired.front() >= start + 30ms);
    CHECK(sink.fired.size() == 1);
}

TEST_CASE("net: only a deadline that comes closer costs anything", "[net][timer]") {
    net::shard shard;
    recorder sink;
    deadline_timer timer(shard, sink);
    const time_point far = shard.now() + 1h;
    timer.arm(far);
    for (int i = 0; i < 1'000; ++i)
        timer.arm(far + std::chrono::milliseconds(i));
    CHECK(run_ready(shard) == 0);  // no wait was abandoned
    for (int i = 1; i <= 10; ++i)
        timer.arm(far - std::chrono::milliseconds(i));
    CHECK(run_ready(shard) == 10);
    CHECK(sink.fired.empty());
}

TEST_CASE("net: no deadline means none", "[net][timer]") {
    net::shard shard;
    recorder sink;
    recorder other_sink;
    deadline_timer timer(shard, sink);
    deadline_timer other(shard, other_sink);
    const time_point start = shard.now();
    timer.arm(start + 1ms);
    timer.arm(no_deadline);
    other.arm(start + 10ms);
    run_until(shard, [&] { return !other_sink.fired.empty(); });
    CHECK(sink.fired.empty());

    timer.arm(start);
    run_until(shard, [&] { return !sink.fired.empty(); });
}

TEST_CASE("net: a destroyed timer is silent, even when it was due", "[net][timer]") {
    net::shard shard;
    recorder sink;
    recorder other_sink;
    std::optional<deadline_timer> doomed;
    struct destroyer final : net::deadline_sink {
        explicit destroyer(std::optional<deadline_timer>& timer_)
            : timer(timer_) {}
        void on_deadline(time_point) override {
            timer.reset();
            done = true;
        }
        std::optional<deadline_timer>& timer;
        bool done = false;
    } destroyer(doomed);
    doomed.emplace(shard, sink);
    deadline_timer first(shard, destroyer);
    const time_point past = shard.now() - 1ms;
    first.arm(past - 1ms);
    doomed->arm(past);  // due in the same turn, after `first`
    run_until(shard, [&] { return destroyer.done; });
    run_ready(shard);
    CHECK(sink.fired.empty());
}

TEST_CASE("net: a timer may be destroyed by its own deadline", "[net][timer]") {
    net::shard shard;
    struct self_destroyer final : net::deadline_sink {
        void on_deadline(time_point) override { timer.reset(); }
        std::unique_ptr<deadline_timer> timer;
    } sink;
    sink.timer = std::make_unique<deadline_timer>(shard, sink);
    sink.timer->arm(shard.now());
    run_until(shard, [&] { return sink.timer == nullptr; });
}

TEST_CASE("net: a sink may arm the next deadline", "[net][timer]") {
    net::shard shard;
    struct repeater final : net::deadline_sink {
        void on_deadline(time_point now) override {
            if (++count < 5) timer->arm(now + 1ms);
        }
        deadline_timer* timer = nullptr;
        int count = 0;
    } sink;
    deadline_timer timer(shard, sink);
    sink.timer = &timer;
    timer.arm(shard.now());
    run_until(shard, [&] { return sink.count == 5; });
}
