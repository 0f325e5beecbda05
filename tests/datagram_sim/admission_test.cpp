// SPDX-License-Identifier: Apache-2.0
// Who gets in: Retry and address tokens, limits, and what a flood of first flights costs.
#include "datagram_sim/quic_pair.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::sim;
using quic::close_cause;

namespace {

/// Every newcomer must prove its address.
pair_options wary(std::size_t wires = 1) {
    pair_options options{.wires = wires};
    options.server.half_open_max = 0;
    return options;
}

quic::dial_parameters over(quic_pair& net, std::size_t wire) {
    return {
        .path = sim_endpoint::path_over(wire),
        .expected = net.server().id(),
        .alpn = test_alpn,
    };
}

}  // namespace

TEST_CASE("datagram_sim: above the half-open limit an address is proved by Retry", "[admission]") {
    const auto seed = GENERATE(range<std::uint64_t>(1, 11));
    CAPTURE(seed);
    pair_options options = wary();
    options.seed = seed;
    options.link.loss = 0.2;
    options.client.handshake_timeout = options.server.handshake_timeout = 60s;
    quic_pair net(options);
    test_app& app = net.dial();
    REQUIRE(net.run_until([&] { return app.connected; }, 60s));
    CHECK(net.server().core().counters().retries_sent >= 1);
    CHECK(net.server().core().counters().opened == 1);
    app.send_new(true, 1000);
    REQUIRE(net.run_until([&] { return !net.server().accepted().empty(); }, 60s));
    const test_app& far = *net.server().accepted().front();
    REQUIRE(net.run_until([&] { return far.whole_streams(1000) == 1; }, 60s));
}

TEST_CASE(
    "datagram_sim: a token from last time spares the Retry, from its address",
    "[admission]"
) {
    quic_pair net(wary(2));
    const auto& sent = net.server().core().counters().retries_sent;
    net.connect();
    CHECK(sent == 1);
    net.run_for(1s);
    REQUIRE(net.client().core().measure().tokens == 1);
    net.connect();
    CHECK(sent == 1);
    net.run_for(1s);
    SECTION("not from another address") {
        test_app& app = net.client().dial(over(net, 1));
        REQUIRE(net.run_until([&] { return app.connected; }, 1s));
        CHECK(sent == 2);
    }
    SECTION("not a second time") {
        test_app& with_token = net.dial();
        test_app& without = net.dial();
        CHECK(net.run_until([&] { return with_token.connected && without.connected; }, 1s));
        CHECK(sent == 2);
    }
    SECTION("not from a server that has forgotten its key") {
        net.server().kill();
        net.server().boot();
        test_app& app = net.dial();
        REQUIRE(net.run_until([&] { return app.connected; }, 1s));
        CHECK(net.server().core().counters().retries_sent == 1);
    }
}

TEST_CASE(
    "datagram_sim: a Retry token is good for seconds and for its own address",
    "[admission]"
) {
    quic_pair net(wary(2));
    std::vector<byte_buffer> sent;
    net.client().recording = &sent;
    const auto [client_app, server_app] = net.connect();
    net.client().recording = nullptr;
    REQUIRE(sent.size() >= 2);
    byte_buffer with_token = sent[1];  // the second Initial, after the Retry
    client_app.connection->close(0, "");
    net.run_for(5s);
    CHECK(server_app.closed.has_value());
    REQUIRE(net.is_quiet());
    const std::uint64_t opened = net.server().core().counters().opened;
    SECTION("elsewhere it proves nothing") {
        net.server().receive(1, 0, with_token);
        CHECK(net.server().core().counters().opened == opened);
    }
    SECTION("later it proves nothing") {
        net.run_for(11s);
        net.server().receive(0, 0, with_token);
        CHECK(net.server().core().counters().opened == opened);
    }
}

TEST_CASE("datagram_sim: half-open connections are limited, and time out", "[admission]") {
    pair_options options;
    options.server.half_open_max = 3;
    quic_pair net(options);
    net.to_client().set_profile({.up = false});  // first flights whose answers are never heard
    for (int i = 0; i < 20; ++i)
        net.dial();
    net.run_for(2s);
    CHECK(net.server().core().measure().half_open == 3);
    CHECK(net.server().core().measure().connections == 3);
    CHECK(net.server().core().counters().retries_sent >= 17);
    net.run_for(20s);
    CHECK(net.server().core().measure().half_open == 0);
    CHECK(net.server().accepted().empty());
    CHECK(net.is_quiet());
    // The flood over, there is room again.
    net.to_client().set_profile({});
    CHECK(net.connect().server.connection != nullptr);
}

TEST_CASE("datagram_sim: beyond the hard limit even proved addresses wait outside", "[admission]") {
    pair_options options = wary();
    options.server.half_open_hard_max = 4;
    quic_pair net(options);
    for (int i = 0; i < 10; ++i)
        net.dial();
    // The Retry packets are there; then the way back is cut.
    net.run_for(15ms);
    net.to_client().set_profile({.up = false});
    net.run_for(20ms);
    CHECK(net.server().core().counters().retries_sent == 10);
    net.run_for(1s);
    CHECK(net.server().core().measure().half_open == 4);
}

TEST_CASE("datagram_sim: a peer has no more connections than its share", "[admission]") {
    pair_options options;
    options.server.connections_per_peer_max = 3;
    quic_pair net(options);
    const auto [first, first_far] = net.connect();
    net.connect();
    net.connect();
    test_app& refused = net.dial();
    REQUIRE(net.run_until([&] { return refused.closed.has_value(); }, 1s));
    CHECK(refused.closed->cause == close_cause::refused);
    CHECK(net.server().accepted().size() == 3);
    first.connection->close(0, "");
    net.run_for(100ms);
    CHECK(first_far.closed.has_value());
    CHECK(net.connect().client.connected);
}

TEST_CASE("datagram_sim: a full server refuses at once", "[admission]") {
    pair_options options;
    options.server.connections_max = 2;
    quic_pair net(options);
    net.connect();
    net.connect();
    test_app& refused = net.dial();
    REQUIRE(net.run_until([&] { return refused.closed.has_value(); }, 100ms));
    CHECK(refused.closed->cause == close_cause::refused);
}

TEST_CASE("datagram_sim: who finds no handler is refused, and counts for nobody", "[admission]") {
    pair_options options;
    options.server.connections_per_peer_max = 2;
    quic_pair net(options);
    net.server().refuse_all = true;
    for (int i = 0; i < 5; ++i) {
        test_app& app = net.dial();
        REQUIRE(net.run_until([&] { return app.closed.has_value(); }, 1s));
        CHECK(app.closed->cause == close_cause::refused);
    }
    net.run_for(5s);
    CHECK(net.is_quiet());
    net.server().refuse_all = false;
    CHECK(net.connect().client.connected);
}
