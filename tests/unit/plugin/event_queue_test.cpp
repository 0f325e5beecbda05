// SPDX-License-Identifier: Apache-2.0
#include "plugin/event_queue.hpp"
#include "plugin/proto/limits.hpp"
#include "support/catch.hpp"

#include <sys/eventfd.h>

#include <thread>
#include <vector>

using namespace meshhost;
using namespace meshhost::plugin;

namespace {

constexpr time_point at_once = time_point::min();

}  // namespace

TEST_CASE("event queue: items come out in order, one a wait", "[plugin][queue]") {
    event_queue queue;
    for (std::uint64_t tag = 1; tag <= 3; ++tag)
        CHECK(queue.push(posted_event{tag, nullptr, {}}));
    for (std::uint64_t tag = 1; tag <= 3; ++tag)
        CHECK(std::get<posted_event>(*queue.wait_until(no_deadline).item).tag == tag);
    CHECK_FALSE(queue.wait_until(at_once).item);
}

TEST_CASE("event queue: a full queue refuses, and signals still come through", "[plugin][queue]") {
    event_queue queue;
    for (std::size_t i = 0; i < proto::posted_max; ++i)
        CHECK(queue.push(posted_event{}));
    CHECK_FALSE(queue.push(posted_event{}));
    queue.raise({.what = strand_signal::kind::shut_down});
    const auto work = queue.wait_until(no_deadline);
    REQUIRE(work.signals.size() == 1);
    CHECK(work.item.has_value());
    CHECK(queue.drop_items() == proto::posted_max - 1);
    CHECK_FALSE(queue.wait_until(at_once).item);
}

TEST_CASE("event queue: of each signal the first waits", "[plugin][queue]") {
    event_queue queue;
    queue.raise({.what = strand_signal::kind::fatal, .status = -15, .text = "first"});
    queue.raise({.what = strand_signal::kind::fatal, .status = -16, .text = "second"});
    queue.raise({.what = strand_signal::kind::started});
    const auto work = queue.wait_until(no_deadline);
    REQUIRE(work.signals.size() == 2);
    CHECK(work.signals[0].what == strand_signal::kind::started);
    CHECK(work.signals[1].text == "first");
    CHECK(queue.wait_until(at_once).signals.empty());
}

TEST_CASE("event queue: of snapshots the latest counts", "[plugin][queue]") {
    event_queue queue;
    const auto older = std::make_shared<const proto::peer_snapshot>();
    const auto newer = std::make_shared<const proto::peer_snapshot>();
    queue.publish(older);
    queue.publish(newer);
    CHECK(queue.wait_until(no_deadline).snapshot == newer);
    CHECK(queue.wait_until(at_once).snapshot == nullptr);
}

TEST_CASE("event queue: a nudge wakes the strand", "[plugin][queue]") {
    event_queue queue;
    std::thread other([&queue] { queue.nudge(); });
    const auto work = queue.wait_until(no_deadline);
    REQUIRE(work.item);
    CHECK(std::holds_alternative<nudge_mark>(*work.item));
    other.join();
}

TEST_CASE(
    "event queue: a retired one holds no descriptor, and takes what comes",
    "[plugin][queue]"
) {
    const auto lowest_free = [] {
        const unique_fd made(::eventfd(0, EFD_CLOEXEC));
        return made.get();
    };
    const int before = lowest_free();
    event_queue queue;
    CHECK(lowest_free() != before);
    queue.retire();
    CHECK(lowest_free() == before);
    CHECK(queue.push(posted_event{}));
    queue.raise({.what = strand_signal::kind::shut_down});
    CHECK(queue.drop_items() == 1);
}

TEST_CASE("event queue: many threads feed, one drains, nothing is lost", "[plugin][queue]") {
    event_queue queue;
    constexpr std::uint64_t each = 2000;
    std::vector<std::thread> feeders;
    for (std::uint64_t who = 0; who < 3; ++who) {
        feeders.emplace_back([&queue, who] {
            for (std::uint64_t n = 0; n < each; ++n) {
                while (!queue.push(posted_event{who * each + n, nullptr, {}}))
                    std::this_thread::yield();
            }
        });
    }
    std::vector<std::uint64_t> next(3, 0);
    for (std::uint64_t taken = 0; taken < 3 * each;) {
        const auto work = queue.wait_until(no_deadline);
        if (!work.item) continue;
        const auto tag = std::get<posted_event>(*work.item).tag;
        REQUIRE(tag % each == next[tag / each]++);  // in order, thread by thread
        ++taken;
    }
    for (auto& feeder : feeders)
        feeder.join();
}
