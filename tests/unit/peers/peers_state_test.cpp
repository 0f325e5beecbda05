// SPDX-License-Identifier: Apache-2.0
// Stories of two or more nodes that mean well.
#include "pair_fixture.hpp"

using namespace meshhost;
using namespace meshhost::peers::proto;
using test::pair_fixture;
using test::state_net;

TEST_CASE_METHOD(pair_fixture, "peers: two nodes show each other all they say", "[peers][state]") {
    contribute(b, std::int64_t{7});
    meet();
    CHECK(net.entry(a, b)->digest->name == "node-1");
    CHECK(net.entry(a, b)->digest->roles == std::vector<std::string>{"compute"});
    CHECK(contribution(a, b) == digest_value(std::int64_t{7}));
    CHECK(net.entry(b, a)->digest->name == "node-0");
    CHECK(net.entry(a, b)->named);
    CHECK_FALSE(net.entry(b, a)->named);
    CHECK(net.connections(a, b) == 1);
}

TEST_CASE_METHOD(
    pair_fixture,
    "peers: a change arrives at once, silence costs nothing",
    "[peers][state]"
) {
    meet();
    net.run_for(1s);
    const auto frames = net.frames(a) + net.frames(b);
    net.run_for(24h);
    CHECK(net.frames(a) + net.frames(b) == frames);
    contribute(a, std::int64_t{1});
    net.run_for(2ms);
    CHECK(contribution(b, a) == digest_value(std::int64_t{1}));
    net.run_for(1s);
    CHECK(net.frames(a) + net.frames(b) == frames + 2);  // it, and its acknowledgement
}

TEST_CASE_METHOD(
    pair_fixture,
    "peers: many changes are merged, then paced, and the last one arrives",
    "[peers][state]"
) {
    meet();
    net.run_for(1s);
    const auto frames = net.frames(a);
    for (std::int64_t i = 0; i < 6'000; ++i) {
        contribute(a, i);
        net.run_for(10ms);
    }
    net.run_for(10s);
    CHECK(contribution(b, a) == digest_value(std::int64_t{5'999}));
    CHECK(net.frames(a) - frames <= 10 + 70s / 4s);
    CHECK(net.closes(b).empty());
    CHECK(net.closes(a).empty());
}

TEST_CASE_METHOD(
    pair_fixture,
    "peers: a change of state is not held back by the pace",
    "[peers][state]"
) {
    meet();
    for (std::int64_t i = 0; i < 30; ++i) {
        contribute(a, i);
        net.run_for(100ms);
    }
    net.with(a, [&](peers_state& state) {
        return state.set_state(node_state::draining, net.now()), 0;
    });
    net.run_for(150ms);
    CHECK(net.seen(b, a) == "draining");
}

TEST_CASE_METHOD(
    pair_fixture,
    "peers: a killed node is dead with evidence, and back when it is",
    "[peers][state]"
) {
    contribute(b, std::int64_t{7});
    meet();
    net.kill(b);
    net.run_for(29s);
    CHECK(net.seen(a, b) == "alive");
    net.run_for(2s);
    CHECK(net.seen(a, b) == "dead");
    CHECK(contribution(a, b) == digest_value(std::int64_t{7}));
    net.run_for(60s);
    CHECK(net.entry(a, b)->evidence.words == "no answer");
    net.start(b, 2000);
    REQUIRE(settled(45s));  // the cap of the back-off, and a dial under way
    CHECK(net.entry(a, b)->evidence.words == "restarted");
    CHECK(net.connections(a, b) == 1);
}

TEST_CASE_METHOD(
    pair_fixture,
    "peers: the one that was dialled redials a killed one too",
    "[peers][state]"
) {
    meet();
    net.kill(a);
    net.run_for(31s);
    CHECK(net.seen(b, a) == "dead");
    net.start(a, 2000);  // and is not told of b
    REQUIRE(settled(45s));
    CHECK(net.entry(b, a)->evidence.words == "restarted");
}

TEST_CASE_METHOD(
    pair_fixture,
    "peers: a quick restart is noticed before the old connection idles out",
    "[peers][state]"
) {
    meet();
    SECTION("by a reset, when it was the one that was dialled") {
        net.kill(b);
        net.run_for(1s);
        net.start(b, 2000);
        REQUIRE(net.run_until([&] { return net.entry(a, b)->digest->incarnation == 2000; }, 7s));
    }
    SECTION("by its new connection, when it dials") {
        net.kill(a);
        net.run_for(1s);
        net.start(a, 2000);
        net.name(a, b);
        REQUIRE(net.run_until([&] { return net.entry(b, a)->digest->incarnation == 2000; }, 1s));
        CHECK(net.seen(b, a) == "alive");
        CHECK(net.closes(b) == std::vector{close_code::superseded});
    }
    net.run_for(60s);
    CHECK(net.seen(a, b) == "alive");
    CHECK(net.seen(b, a) == "alive");
    CHECK(net.connections(a, b) == 1);
}

TEST_CASE(
    "peers: crossing dials settle on one connection, whoever has the lower id",
    "[peers][state]"
) {
    for (const bool swapped : {false, true}) {
        state_net net;
        const auto a = net.add(swapped ? 2 : 1);
        const auto b = net.add(swapped ? 1 : 2);
        net.start(a, 1);
        net.start(b, 1);
        net.name(a, b);
        net.name(b, a);
        net.run_for(10s);
        CHECK(net.dials(a) == 1);
        CHECK(net.dials(b) == 1);
        CHECK(net.connections(a, b) == 1);
        CHECK(net.state(a).links().size() == 1);
        CHECK(net.state(b).links().size() == 1);
        CHECK(net.state(a).links().best(net.id(b))->is_dialled() == (net.id(a) < net.id(b)));
        CHECK(net.seen(a, b) == "alive");
        CHECK(net.seen(b, a) == "alive");
        net.run_for(10min);
        CHECK(net.dials(a) + net.dials(b) == 2);
    }
}

TEST_CASE_METHOD(pair_fixture, "peers: one that leaves has left, not died", "[peers][state]") {
    meet();
    net.stop(a);
    net.run_for(150ms);
    CHECK(net.is_stopped(a));
    CHECK(net.seen(b, a) == "left");
    CHECK(net.state(a).links().size() == 0);
    CHECK(net.state(b).schedule().size() == 0);  // b only ever learnt of it
    net.run_for(10min);
    CHECK(net.dials(b) == 0);
    CHECK(net.seen(b, a) == "left");
    net.start(a, 2000);
    net.name(a, b);
    CHECK(settled());
}

TEST_CASE_METHOD(pair_fixture, "peers: a named one that left is tried for", "[peers][state]") {
    meet();
    net.stop(b);
    net.run_for(1min);
    CHECK(net.seen(a, b) == "left");
    net.start(b, 2000);
    CHECK(settled(45s));
}

TEST_CASE_METHOD(
    pair_fixture,
    "peers: leaving does not wait for one that does not answer",
    "[peers][state]"
) {
    meet();
    net.set_deaf(b, true);
    net.stop(a);
    net.run_for(2s);
    CHECK(net.is_stopped(a));
    CHECK(net.seen(b, a) == "left");  // the code of the close says so
}

TEST_CASE_METHOD(pair_fixture, "peers: a node that leaves accepts nobody", "[peers][state]") {
    net.stop(b);
    net.run_for(1s);
    REQUIRE(net.is_stopped(b));
    net.name(a, b);
    net.run_for(5ms);
    CHECK(net.seen(a, b) == "left");
    CHECK(net.state(b).links().size() == 0);
}

TEST_CASE_METHOD(
    pair_fixture,
    "peers: a start after the clock was set back numbers above the last",
    "[peers][state]"
) {
    meet();
    net.kill(b);
    net.run_for(31s);
    net.start(b, 5);
    REQUIRE(settled(60s));
    CHECK(net.overruled(b) == 1);
    CHECK(net.state(b).self().incarnation == 1001);
    contribute(b, std::int64_t{3});
    net.run_for(1s);
    CHECK(contribution(a, b) == digest_value(std::int64_t{3}));
}

TEST_CASE_METHOD(
    pair_fixture,
    "peers: after a long absence a short cut is mended as quickly as the first",
    "[peers][state]"
) {
    meet();
    net.kill(b);
    net.run_for(10min);
    net.start(b, 2000);
    REQUIRE(settled(45s));
    net.cut(a, b);
    REQUIRE(net.seen(a, b) == "dead");
    CHECK(settled(config().redial_first + 10ms));
}

TEST_CASE_METHOD(
    pair_fixture,
    "peers: in a mesh a short cut is no death, and a kill is one after a while",
    "[peers][state]"
) {
    meet();
    for (const auto each : {a, b})
        net.with(each, [&](peers_state& state) { return state.mesh_joined(net.now()), 0; });
    net.cut(a, b);
    CHECK(net.seen(a, b) == "stale");
    CHECK_FALSE(net.run_until([&] { return net.seen(a, b) == "dead"; }, 1min));
    CHECK(net.seen(a, b) == "alive");
    CHECK(net.entry(a, b)->evidence.words == "connected again");
    CHECK(net.connections(a, b) == 1);
    net.kill(b);
    net.run_for(state_net::idle_timeout + config().cut_off_wait - 1s);
    CHECK(net.seen(a, b) == "stale");
    net.run_for(2s);
    CHECK(net.seen(a, b) == "dead");
    CHECK(net.entry(a, b)->evidence.words == "idle for 30 s");
}

TEST_CASE_METHOD(
    pair_fixture,
    "peers: a newcomer is told an uptime of now, not of the last change",
    "[peers][state]"
) {
    meet();
    net.run_for(1h);
    const auto c = net.add(3);
    net.start(c, 1);
    net.name(c, a);
    REQUIRE(net.run_until([&] { return net.seen(c, a) == "alive"; }, 1s));
    CHECK(*net.entry(c, a)->uptime(net.now()) >= 1h);
    CHECK(*net.entry(c, a)->uptime(net.now()) < 1h + 1s);
    CHECK(*net.entry(b, a)->uptime(net.now()) >= 1h);
}

TEST_CASE(
    "peers: a mesh under kills, cuts and restarts converges when they end",
    "[peers][state]"
) {
    for (const std::uint64_t seed : {1u, 2u, 3u, 4u, 5u}) {
        CAPTURE(seed);
        state_net net;
        prng random(seed);
        std::vector<bool> runs;
        std::vector<std::uint64_t> lives;
        constexpr std::size_t count = 6;
        for (std::uint8_t i = 0; i < count; ++i) {
            net.add(static_cast<std::uint8_t>(i + 1));
            net.start(i, 1);
            runs.push_back(true);
            lives.push_back(1);
        }
        const auto name_all = [&](std::size_t node) {
            for (std::size_t other = 0; other < count; ++other)
                if (other != node) net.name(node, other);
        };
        for (std::size_t i = 0; i < count; ++i)
            name_all(i);
        for (int round = 0; round < 200; ++round) {
            const std::size_t node = random.below(count);
            const std::size_t other = random.below(count);
            switch (random.below(4)) {
            case 0:
                if (runs[node]) net.kill(node);
                runs[node] = false;
                break;
            case 1:
                if (!runs[node]) {
                    net.start(node, ++lives[node]);
                    if (random.chance(0.5)) name_all(node);
                }
                runs[node] = true;
                break;
            case 2:
                net.cut(node, other);
                break;
            default:
                break;
            }
            net.run_for(duration(random.below(duration(5s).count())));
        }
        for (std::size_t i = 0; i < count; ++i)
            if (!runs[i]) net.start(i, ++lives[i]);
        for (std::size_t i = 0; i < count; ++i)
            name_all(i);
        net.run_for(120s);
        for (std::size_t i = 0; i < count; ++i)
            for (std::size_t j = 0; j < count; ++j) {
                if (i == j) continue;
                CHECK(net.seen(i, j) == "alive");
                CHECK(net.entry(i, j)->digest->incarnation == lives[j]);
                CHECK(net.connections(i, j) == 1);
            }
        for (std::size_t i = 0; i < count; ++i)
            CHECK(net.state(i).links().size() == count - 1);
    }
}
