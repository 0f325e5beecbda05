// SPDX-License-Identifier: Apache-2.0
// What else a connection carries, how it stays alive in silence, and how it ends.
#include "datagram_sim/quic_pair.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::sim;
using quic::close_cause;

namespace {

byte_buffer filled(std::size_t size, std::uint8_t value) {
    return byte_buffer(size, value);
}

}  // namespace

TEST_CASE("datagram_sim: DATAGRAM frames cross both ways, up to the path's size", "[lifetime]") {
    quic_pair net;
    net.server().on_accept_app = [](test_app& app) { app.echo_datagrams = true; };
    const auto [client_app, server_app] = net.connect();
    quic::quic_connection& connection = *client_app.connection;
    net.run_for(1s);
    const std::size_t largest = connection.datagram_size_max();
    CHECK(largest > 1100);
    CHECK_FALSE(connection.send_datagram(filled(largest + 1, 1)));
    REQUIRE(connection.send_datagram(filled(largest, 2)));
    REQUIRE(connection.send_datagram(filled(0, 3)));
    REQUIRE(connection.send_datagram(filled(100, 4)));
    net.run_for(1s);
    const std::vector<byte_buffer> sent{filled(largest, 2), {}, filled(100, 4)};
    CHECK(server_app.datagrams == sent);
    CHECK(client_app.datagrams == sent);
}

TEST_CASE("datagram_sim: no more DATAGRAM frames wait than the limit says", "[lifetime]") {
    pair_options options;
    options.client.datagrams_queued_max = 10;
    quic_pair net(options);
    const auto [client_app, server_app] = net.connect();
    std::size_t queued = 0;
    for (int i = 0; i < 12; ++i)
        queued += client_app.connection->send_datagram(filled(50, 1)) ? 1 : 0;
    CHECK(queued == 10);
    net.run_for(1s);
    CHECK(server_app.datagrams.size() == 10);
}

TEST_CASE("datagram_sim: lost DATAGRAM frames do not hold up those after them", "[lifetime]") {
    const auto seed = GENERATE(range<std::uint64_t>(1, 11));
    CAPTURE(seed);
    quic_pair net({.seed = seed});
    const auto [client_app, server_app] = net.connect();
    net.to_server().set_profile({.loss = 0.2});
    net.to_client().set_profile({.loss = 0.2});
    std::size_t longest_silence = 0;
    for (std::size_t i = 0, silence = 0; i < 1000; ++i) {
        const std::size_t before = server_app.datagrams.size();
        (void)client_app.connection->send_datagram(filled(1000, 1));
        net.run_for(20ms);
        silence = server_app.datagrams.size() > before ? 0 : silence + 1;
        longest_silence = std::max(longest_silence, silence);
    }
    CHECK(server_app.datagrams.size() > 300);
    CHECK(longest_silence * 20ms < 5s);
    // After a blackout long enough to fill every window with unanswered ones it goes on, too.
    net.to_server().set_profile({.up = false});
    for (int i = 0; i < 500; ++i) {
        (void)client_app.connection->send_datagram(filled(1000, 1));
        net.run_for(20ms);
    }
    net.to_server().set_profile({});
    net.to_client().set_profile({});
    const std::size_t before = server_app.datagrams.size();
    client_app.send_new(true, 100'000);
    const test_app& far = server_app;
    REQUIRE(net.run_until([&] { return far.whole_streams(100'000) == 1; }, 15s));
    CHECK(server_app.datagrams.size() > before);
}

TEST_CASE("datagram_sim: a close tells the peer its code and its reason", "[lifetime]") {
    quic_pair net;
    const auto [client_app, server_app] = net.connect();
    SECTION("from the client") {
        client_app.connection->close(4242, "that was all");
        REQUIRE(net.run_until([&, &app = server_app] { return app.closed.has_value(); }, 100ms));
        CHECK(server_app.closed->cause == close_cause::closed_by_peer);
        CHECK(server_app.closed->code == 4242);
        CHECK(server_app.closed->reason == "that was all");
        CHECK(client_app.closed->cause == close_cause::closed_locally);
    }
    SECTION("from the server, with too much to say") {
        server_app.connection->close(1, std::string(5000, 'x'));
        REQUIRE(net.run_until([&, &app = client_app] { return app.closed.has_value(); }, 100ms));
        CHECK(client_app.closed->code == 1);
        CHECK(client_app.closed->reason == std::string(256, 'x'));
    }
    SECTION("in the middle of a transfer, and whatever is under way stays unanswered") {
        client_app.send_new(true, 1'000'000);
        net.run_for(30ms);
        server_app.connection->close(7, "enough\n");
        net.run_for(1s);
        CHECK(client_app.closed->cause == close_cause::closed_by_peer);
        CHECK(client_app.closed->code == 7);
        CHECK(client_app.closed->reason == "enough?");
        CHECK(net.server().core().counters().resets_sent == 0);
    }
    net.run_for(5s);
    CHECK(net.is_quiet());
    CHECK(net.client().core().counters().resets_sent == 0);
    CHECK(net.client().paths_retained() == 0);
    CHECK(net.server().paths_retained() == 0);
}

TEST_CASE("datagram_sim: a close whose packet is lost is told again when asked", "[lifetime]") {
    quic_pair net;
    const auto [client_app, server_app] = net.connect();
    net.run_for(1s);
    net.to_server().set_profile({.up = false});
    client_app.connection->close(9, "lost");
    net.run_for(5ms);
    net.to_server().set_profile({});
    CHECK_FALSE(server_app.closed.has_value());
    server_app.send_new(false, 10);  // a packet for a connection that has ended
    net.run_for(30ms);
    REQUIRE(server_app.closed.has_value());
    CHECK(server_app.closed->code == 9);
}

TEST_CASE("datagram_sim: a sink may close and flush from inside a call", "[lifetime]") {
    quic_pair net;
    net.server().on_accept_app = [&net](test_app& app) {
        app.on_event = [&net, &app](const quic::stream_event&) {
            app.connection->close(5, "not this");
            net.server().core().flush(net.now());
        };
    };
    const auto [client_app, server_app] = net.connect();
    client_app.send_new(true, 100);
    REQUIRE(net.run_until([&, &app = client_app] { return app.closed.has_value(); }, 1s));
    CHECK(client_app.closed->code == 5);
    REQUIRE(server_app.closed.has_value());
    CHECK(server_app.closed->cause == close_cause::closed_locally);
}

TEST_CASE("datagram_sim: silence ends a connection at the idle limit on both sides", "[lifetime]") {
    quic_pair net;
    const auto [client_app, server_app] = net.connect();
    net.run_for(1s);
    const link_profile dead{.up = false};
    net.to_server().set_profile(dead);
    net.to_client().set_profile(dead);
    net.run_for(29s);
    CHECK_FALSE(client_app.closed.has_value());
    CHECK_FALSE(server_app.closed.has_value());
    net.run_for(11s);  // counted from the last keep-alive that was sent
    REQUIRE(client_app.closed.has_value());
    REQUIRE(server_app.closed.has_value());
    CHECK(client_app.closed->cause == close_cause::idle_timeout);
    CHECK(server_app.closed->cause == close_cause::idle_timeout);
    CHECK(net.is_quiet());
}

TEST_CASE("datagram_sim: keep-alives hold an idle connection, one each 5 s a side", "[lifetime]") {
    quic_pair net;
    const auto [client_app, server_app] = net.connect();
    net.run_for(30s);
    const std::uint64_t out = net.to_server().counters().offered;
    const std::uint64_t in = net.to_client().counters().offered;
    net.run_for(10min);
    CHECK(client_app.connection != nullptr);
    CHECK(server_app.connection != nullptr);
    // 120 intervals: a PING and the acknowledgement of it, whoever is first.
    CHECK(net.to_server().counters().offered - out <= 2 * 120 + 2);
    CHECK(net.to_client().counters().offered - in <= 2 * 120 + 2);
    CHECK(net.to_server().counters().offered - out >= 100);
}

TEST_CASE("datagram_sim: a peer that died and came back resets us at once", "[lifetime]") {
    quic_pair net;
    const auto [client_app, server_app] = net.connect();
    net.run_for(1s);
    net.server().kill();
    net.run_for(2s);
    CHECK_FALSE(client_app.closed.has_value());
    net.server().boot();
    client_app.send_new(true, 100);
    REQUIRE(net.run_until([&, &app = client_app] { return app.closed.has_value(); }, 25ms));
    CHECK(client_app.closed->cause == close_cause::stateless_reset);
    CHECK(net.server().core().counters().resets_sent == 1);
    // And it is there to be dialled again.
    const auto [again, far] = net.connect();
    CHECK(again.connected);
    CHECK(far.connection != nullptr);
}
