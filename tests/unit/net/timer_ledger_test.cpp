// SPDX-License-Identifier: Apache-2.0
#include "loop_fixture.hpp"
#include "net/deadline_timer.hpp"
#include "net/timer_ledger.hpp"

#include <memory>
#include <optional>

using namespace meshhost;
using net::room_of;

namespace {

struct deaf final : net::deadline_sink {
    void on_deadline(time_point) override {}
};

}  // namespace

TEST_CASE("timer ledger: a timer belongs to the room whose source made it", "[net][timer]") {
    CHECK(room_of("/src/meshhost/host/gossip/peer_connection.cpp") == "gossip");
    CHECK(room_of("../../host/peers/proto/x.hpp") == "peers");
    CHECK(room_of("host/app/host.cpp") == "app");
    CHECK(room_of("/home/host/meshhost/host/net/a.cpp") == "net");
    CHECK(room_of("/src/localhost/a_test.cpp") == "a_test.cpp");
    CHECK(room_of("a_test.cpp") == "a_test.cpp");
    CHECK(room_of("").empty());
}

TEST_CASE("timer ledger: counts timers, armed ones and those that are overdue", "[net][timer]") {
    net::shard shard;
    deaf sink;
    CHECK(shard.timers().count(shard.now()).empty());

    net::deadline_timer here(shard, sink);
    net::deadline_timer later(shard, sink, "host/gossip/a.cpp");
    auto late = std::make_unique<net::deadline_timer>(shard, sink, "host/gossip/b.cpp");
    const time_point now = shard.now();
    later.arm(now + 1h);
    late->arm(now - 5s);
    auto counts = shard.timers().count(now - 2s);
    REQUIRE(counts.size() == 2);
    CHECK(counts[0].owner == "gossip");
    CHECK((counts[0].timers == 2 && counts[0].armed == 2 && counts[0].overdue == 1));
    CHECK(counts[1].owner == "timer_ledger_test.cpp");
    CHECK((counts[1].timers == 1 && counts[1].armed == 0 && counts[1].overdue == 0));

    later.arm(no_deadline);
    late.reset();
    counts = shard.timers().count(now);
    REQUIRE(counts.size() == 2);
    CHECK((counts[0].timers == 1 && counts[0].armed == 0));
}

TEST_CASE("timer ledger: a wait outlives its timer by a turn of the loop", "[net][timer]") {
    net::shard shard;
    deaf sink;
    {
        net::deadline_timer timer(shard, sink);
        timer.arm(shard.now() + 1h);
        CHECK(shard.timers().orphans() == 0);
    }
    CHECK(shard.timers().orphans() == 1);
    test::run_ready(shard);
    CHECK(shard.timers().orphans() == 0);
}

TEST_CASE("shard: work that waits is counted until it begins", "[net]") {
    net::shard shard;
    std::optional<std::uint64_t> during;
    shard.post([&] { during = shard.tasks_waiting(); });
    shard.post([] {});
    CHECK(shard.tasks_waiting() == 2);
    test::run_ready(shard);
    CHECK(during == 1U);
    CHECK(shard.tasks_waiting() == 0);
    CHECK(shard.tasks_posted() == 2);
}
