// SPDX-License-Identifier: Apache-2.0
// How soon silence is noticed, what it costs to ask, and who must not be taken for dead.
#include "datagram_sim/quic_pair.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::sim;
using quic::close_cause;

namespace {

constexpr link_profile dead{.up = false};

/// A pair that has been quiet for a while, both ends watching as gossip does.
struct watched_pair {
    explicit watched_pair(pair_options options = {})
        : net(std::move(options))
        , ends(net.connect()) {
        net.run_for(1s);
        ends.client.connection->watch_liveness({}, net.now());
        ends.server.connection->watch_liveness({}, net.now());
        net.run_for(20s);
    }
    std::uint64_t packets() {
        return net.to_server().counters().offered + net.to_client().counters().offered;
    }
    std::uint64_t bytes() {
        return net.to_server().counters().bytes_offered + net.to_client().counters().bytes_offered;
    }

    quic_pair net;
    quic_pair::ends ends;
};

}  // namespace

TEST_CASE("datagram_sim: a silent peer is missed by both ends within 5.7 s", "[liveness]") {
    const auto seed = GENERATE(range<std::uint64_t>(1, 6));
    const auto quiet = GENERATE(1s, 2s, 3s, 4s);
    CAPTURE(seed, quiet.count());
    watched_pair pair({.seed = seed});
    pair.net.run_for(quiet);
    pair.net.to_server().set_profile(dead);
    pair.net.to_client().set_profile(dead);
    pair.net.run_for(5800ms);
    REQUIRE(pair.ends.client.closed.has_value());
    REQUIRE(pair.ends.server.closed.has_value());
    CHECK(pair.ends.client.closed->cause == close_cause::unresponsive);
    CHECK(pair.ends.server.closed->cause == close_cause::unresponsive);
}

TEST_CASE("datagram_sim: an idle watched link costs one small exchange in 3.9 s", "[liveness]") {
    watched_pair pair;
    const std::uint64_t packets = pair.packets();
    const std::uint64_t bytes = pair.bytes();
    pair.net.run_for(390s);  // 100 intervals of the end that leads
    CHECK(pair.ends.client.connection != nullptr);
    CHECK(pair.ends.server.connection != nullptr);
    CHECK(pair.packets() - packets >= 190);
    CHECK(pair.packets() - packets <= 204);
    CHECK((pair.bytes() - bytes) <= 34 * (pair.packets() - packets));
}

TEST_CASE("datagram_sim: a lossy path is no silence", "[liveness]") {
    const auto seed = GENERATE(range<std::uint64_t>(1, 11));
    watched_pair pair({.seed = seed});
    pair.net.to_server().set_profile({.loss = 0.1});
    pair.net.to_client().set_profile({.loss = 0.1});
    pair.net.run_for(10min);
    CHECK_FALSE(pair.ends.client.closed.has_value());
    CHECK_FALSE(pair.ends.server.closed.has_value());
}

TEST_CASE("datagram_sim: a long path is no silence", "[liveness]") {
    watched_pair pair({.link = {.delay = 900ms}});
    pair.net.run_for(10min);
    CHECK_FALSE(pair.ends.client.closed.has_value());
    CHECK_FALSE(pair.ends.server.closed.has_value());
}

TEST_CASE("datagram_sim: a host that was suspended does not take its peer for dead", "[liveness]") {
    // The question's, the answer's and the last look's time may fall into the sleep.
    const auto awake = GENERATE(0s, 1s, 2s, 3s, 4s);
    const auto asleep = GENERATE(100ms, 1s, 4s, 20s);
    CAPTURE(awake.count(), asleep.count());
    quic_pair net;
    const auto [client_app, server_app] = net.connect();
    server_app.connection->set_keep_alive(0s);  // nothing but answers waits to be read
    client_app.connection->watch_liveness({}, net.now());
    net.run_for(20s + awake);
    net.suspend_client(asleep);
    net.run_for(20s);
    CHECK_FALSE(client_app.closed.has_value());
    // Asleep in the middle of a question whose answer is lost.
    net.to_client().set_profile(dead);
    client_app.connection->probe_now(net.now());
    net.run_for(400ms);
    net.suspend_client(asleep);
    net.to_client().set_profile({});
    net.run_for(20s);
    CHECK_FALSE(client_app.closed.has_value());
}

TEST_CASE("datagram_sim: who was given up in its sleep learns it when it wakes", "[liveness]") {
    watched_pair pair;
    pair.net.suspend_client(15s);
    REQUIRE(pair.ends.server.closed.has_value());
    CHECK(pair.ends.server.closed->cause == close_cause::unresponsive);
    pair.net.run_for(1s);
    REQUIRE(pair.ends.client.closed.has_value());
    // Not a reset, which would tell of a restart.
    CHECK(pair.ends.client.closed->cause == close_cause::transport_error);
    CHECK(pair.ends.client.closed->code == 0);
    CHECK(pair.ends.client.closed->reason == "no answer to pings");
}

TEST_CASE("datagram_sim: asked to probe, it knows in 0.7 s", "[liveness]") {
    quic_pair net;
    const auto [client_app, server_app] = net.connect();
    net.run_for(3s);
    client_app.connection->probe_now(net.now());
    net.run_for(10s);
    CHECK_FALSE(client_app.closed.has_value());
    net.to_client().set_profile(dead);
    client_app.connection->probe_now(net.now());
    net.run_for(550ms);
    CHECK_FALSE(client_app.closed.has_value());
    net.run_for(150ms);
    REQUIRE(client_app.closed.has_value());
    CHECK(client_app.closed->cause == close_cause::unresponsive);
}

TEST_CASE("datagram_sim: a probe in the middle of a transfer ends nothing", "[liveness]") {
    const auto seed = GENERATE(range<std::uint64_t>(1, 6));
    quic_pair net({.seed = seed, .link = {.bytes_per_second = 200'000}});
    const auto [client_app, server_app] = net.connect();
    client_app.send_new(false, 2'000'000);
    for (int i = 0; i < 200; ++i) {
        net.run_for(50ms);
        client_app.connection->probe_now(net.now());
    }
    net.run_for(10s);
    CHECK_FALSE(client_app.closed.has_value());
    CHECK(server_app.whole_streams(2'000'000) == 1);
}

TEST_CASE("datagram_sim: a keep-alive of its own leaves two tries", "[liveness]") {
    quic_pair net;
    const auto [client_app, server_app] = net.connect();
    net.run_for(1s);
    client_app.connection->set_keep_alive(60s);  // becomes 12 s: the idle limit is 30 s
    server_app.connection->set_keep_alive(0s);
    net.run_for(10s);
    const std::uint64_t before = net.to_server().counters().offered;
    net.run_for(120s);
    CHECK(client_app.connection != nullptr);
    const std::uint64_t sent = net.to_server().counters().offered - before;
    CHECK(sent >= 9);
    CHECK(sent <= 13);  // the peer asks for an acknowledgement now and then
}

TEST_CASE("datagram_sim: refusals end a connection only when nobody answers", "[liveness]") {
    watched_pair pair;
    const auto refuse = [&] { pair.ends.client.connection->on_refused(pair.net.now()); };
    SECTION("forged, for as long as somebody likes") {
        for (int i = 0; i < 3000; ++i) {
            refuse();
            pair.net.run_for(10ms);
        }
        CHECK_FALSE(pair.ends.client.closed.has_value());
        CHECK(pair.packets() < 400);  // they cost a question a second
    }
    SECTION("true: each datagram to the peer is answered by one") {
        pair.net.to_server().set_profile(dead);
        const time_point began = pair.net.now();
        refuse();
        std::uint64_t offered = pair.net.to_server().counters().offered;
        const bool is_over = pair.net.run_until(
            [&] {
                if (pair.ends.client.closed) return true;
                const std::uint64_t now = pair.net.to_server().counters().offered;
                if (now != std::exchange(offered, now)) refuse();
                return false;
            },
            2s
        );
        REQUIRE(is_over);
        CHECK(pair.ends.client.closed->cause == close_cause::port_closed);
        CHECK(pair.net.now() - began < 400ms);
    }
}
