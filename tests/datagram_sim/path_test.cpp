// SPDX-License-Identifier: Apache-2.0
// Several ways to the same peer: dials over all of them, moves from one to another.
#include "datagram_sim/quic_pair.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::sim;

namespace {

constexpr std::uint64_t megabyte = 1'000'000;
constexpr link_profile dead{.up = false};

void cut(quic_pair& net, std::size_t wire) {
    net.to_server(wire).set_profile(dead);
    net.to_client(wire).set_profile(dead);
}

test_app& dial_over(quic_pair& net, std::vector<std::size_t> wires) {
    return net.client().dial({
        .path = net.client().open_path(std::move(wires)),
        .expected = net.server().id(),
        .alpn = test_alpn,
    });
}

std::uint64_t path_at(const test_app& app) {
    return app.connection->measure().path.value;
}

std::uint64_t offered(quic_pair& net, std::size_t wire) {
    return net.to_server(wire).counters().offered + net.to_client(wire).counters().offered;
}

}  // namespace

TEST_CASE("datagram_sim: of several addresses the one that works is found", "[path]") {
    const auto works = GENERATE(range<std::size_t>(0, 4));
    CAPTURE(works);
    quic_pair net({.wires = 4});
    for (std::size_t wire = 0; wire < 4; ++wire) {
        if (wire != works) cut(net, wire);
    }
    test_app& app = dial_over(net, {0, 1, 2, 3});
    REQUIRE(net.run_until([&] { return app.connected; }, 25ms));
    app.send_new(true, megabyte);
    REQUIRE(net.run_until([&] { return !net.server().accepted().empty(); }));
    const test_app& far = *net.server().accepted().front();
    REQUIRE(net.run_until([&] { return far.whole_streams(megabyte) == 1; }));
    CHECK(path_at(far) == sim_endpoint::path_over(works).value);
    app.connection->close(0, "");
    net.run_for(5s);
    CHECK(net.is_quiet());
    CHECK(net.client().paths_retained() == 0);
    CHECK(net.server().paths_retained() == 0);
}

TEST_CASE("datagram_sim: a way that leads only there does not spoil the others", "[path]") {
    const auto one_way = GENERATE(range<std::size_t>(0, 3));
    const auto seed = GENERATE(range<std::uint64_t>(1, 5));
    CAPTURE(one_way, seed);
    quic_pair net({.seed = seed, .link = {.loss = 0.1}, .wires = 3});
    net.to_client(one_way).set_profile(dead);
    cut(net, (one_way + 1) % 3);
    test_app& app = dial_over(net, {0, 1, 2});
    REQUIRE(net.run_until([&] { return app.connected; }, 9s));
    app.send_new(true, 10'000);
    REQUIRE(net.run_until([&] { return !net.server().accepted().empty(); }));
    const test_app& far = *net.server().accepted().front();
    REQUIRE(net.run_until([&] { return far.whole_streams(10'000) == 1; }));
    CHECK(path_at(far) == sim_endpoint::path_over((one_way + 2) % 3).value);
}

TEST_CASE("datagram_sim: a first flight over several paths makes one connection", "[path]") {
    const auto seed = GENERATE(range<std::uint64_t>(1, 11));
    CAPTURE(seed);
    pair_options options{.seed = seed, .link = {.jitter = 20ms, .loss = 0.1}, .wires = 3};
    options.client.handshake_timeout = options.server.handshake_timeout = 60s;
    quic_pair net(options);
    test_app& app = dial_over(net, {0, 1, 2});
    REQUIRE(net.run_until([&] { return app.connected; }, 60s));
    app.send_new(true, megabyte);
    REQUIRE(net.run_until([&] { return !net.server().accepted().empty(); }));
    const test_app& far = *net.server().accepted().front();
    REQUIRE(net.run_until([&] { return far.whole_streams(megabyte) == 1; }));
    CHECK(net.server().core().counters().opened == 1);
    CHECK(net.server().accepted().size() == 1);
    // Settled: what was sent since went over one wire alone.
    std::vector<std::size_t> busy;
    for (std::size_t wire = 0; wire < 3; ++wire) {
        if (offered(net, wire) > 500) busy.push_back(wire);
    }
    REQUIRE(busy.size() == 1);
    CHECK(path_at(far) == sim_endpoint::path_over(busy.front()).value);
}

TEST_CASE("datagram_sim: a connection moves to another path in the middle of a stream", "[path]") {
    const auto seed = GENERATE(range<std::uint64_t>(1, 11));
    CAPTURE(seed);
    const bool old_path_dies = seed % 2 == 0;
    quic_pair net({.seed = seed, .link = {.jitter = 2ms, .loss = 0.02}, .wires = 2});
    const auto [client_app, server_app] = net.connect();
    const test_app& near = client_app;
    const test_app& far = server_app;
    const stream_id stream = client_app.send_new(true, 2 * megabyte);
    REQUIRE(net.run_until([&] { return far.bytes_received() > megabyte / 2; }));
    server_app.send(stream, 2 * megabyte);
    net.run_for(50ms);
    if (old_path_dies) cut(net, 0);
    REQUIRE(client_app.connection->migrate(sim_endpoint::path_over(1), net.now()));
    REQUIRE(net.run_until([&] {
        return far.whole_streams(2 * megabyte) == 1 && near.whole_streams(2 * megabyte) == 1;
    }));
    CHECK(path_at(near) == sim_endpoint::path_over(1).value);
    CHECK(path_at(far) == sim_endpoint::path_over(1).value);
    // Nothing goes the old way any more, once late packets are through.
    net.run_for(5s);
    const std::uint64_t before = offered(net, 0);
    net.run_for(20s);
    CHECK(offered(net, 0) == before);
    CHECK(far.connection != nullptr);
}

TEST_CASE("datagram_sim: a connection can move again and again, and back", "[path]") {
    const auto seed = GENERATE(range<std::uint64_t>(1, 11));
    CAPTURE(seed);
    quic_pair net({.seed = seed, .link = {.loss = 0.02}, .wires = 12});
    test_app& app = dial_over(net, {0, 1});
    REQUIRE(net.run_until([&] { return app.connected && !net.server().accepted().empty(); }));
    const test_app& far = *net.server().accepted().front();
    net.run_for(1s);
    const std::size_t ids = net.server().core().measure().connection_ids;
    prng random(seed);
    for (std::size_t round = 1; round <= 40; ++round) {
        const path_id to = sim_endpoint::path_over(random.below(12));
        if (to.value == path_at(far)) continue;
        CAPTURE(round, net.server().core().measure().connection_ids);
        REQUIRE(app.connection->migrate(to, net.now()));
        app.send_new(true, 10'000);
        REQUIRE(net.run_until([&] { return far.inboxes.size() == far.whole_streams(10'000); }));
        // At the latest with the next keep-alive: ngtcp2 may still be asking after the path that
        // was left last, and does not follow the client there meanwhile.
        REQUIRE(net.run_until([&] { return path_at(far) == to.value; }, 20s));
        net.run_for(1s);
        CHECK(net.server().core().measure().connection_ids <= ids + 2);
    }
    CHECK(net.client().paths_retained() <= quic::paths_per_connection_max);
    CHECK(net.server().paths_retained() <= quic::paths_per_connection_max);
}

TEST_CASE("datagram_sim: the server follows a peer whose address changed unnoticed", "[path]") {
    quic_pair net({.wires = 2});
    const auto [client_app, server_app] = net.connect();
    const test_app& far = server_app;
    client_app.send_new(true, 2 * megabyte);
    REQUIRE(net.run_until([&] { return far.bytes_received() > megabyte; }));
    net.rebind(0, 1);  // as a NAT does that has forgotten its mapping
    REQUIRE(net.run_until([&] { return far.whole_streams(2 * megabyte) == 1; }));
    CHECK(path_at(far) == sim_endpoint::path_over(1).value);
}

TEST_CASE("datagram_sim: a path that turns out dead gives way to the next", "[path]") {
    quic_pair net({.wires = 3});
    const auto [client_app, server_app] = net.connect();
    net.run_for(1s);
    cut(net, 1);
    REQUIRE(client_app.connection->migrate(sim_endpoint::path_over(1), net.now()));
    client_app.send_new(true, 10'000);
    net.run_for(3s);
    REQUIRE(client_app.connection != nullptr);
    REQUIRE(client_app.connection->migrate(sim_endpoint::path_over(2), net.now()));
    const test_app& far = server_app;
    REQUIRE(net.run_until([&] { return far.whole_streams(10'000) == 1; }, 20s));
    CHECK(path_at(far) == sim_endpoint::path_over(2).value);
}

TEST_CASE("datagram_sim: DATAGRAM frames too long for a new path do not block it", "[path]") {
    quic_pair net({.wires = 2});
    net.to_server(1).set_profile({.mtu = 1250});
    const auto [client_app, server_app] = net.connect();
    net.run_for(5s);
    quic::quic_connection& connection = *client_app.connection;
    const std::size_t large = connection.datagram_size_max();
    REQUIRE(connection.send_datagram(byte_buffer(large, 1)));
    REQUIRE(connection.migrate(sim_endpoint::path_over(1), net.now()));
    CHECK(connection.datagram_size_max() < large);
    REQUIRE(connection.send_datagram(byte_buffer(100, 2)));
    client_app.send_new(true, 10'000);
    const test_app& far = server_app;
    REQUIRE(net.run_until([&] { return far.whole_streams(10'000) == 1; }, 2s));
    CHECK(far.datagrams == std::vector<byte_buffer>{byte_buffer(100, 2)});
}

TEST_CASE("datagram_sim: only the client moves, and only when it is connected", "[path]") {
    quic_pair net({.wires = 2});
    test_app& app = net.dial();
    CHECK_FALSE(app.connection->migrate(sim_endpoint::path_over(1), net.now()));
    const auto [client_app, server_app] = net.connect();
    net.run_for(1s);
    CHECK_FALSE(server_app.connection->migrate(sim_endpoint::path_over(1), net.now()));
    CHECK_FALSE(client_app.connection->migrate(sim_endpoint::path_over(0), net.now()));
}

TEST_CASE("datagram_sim: what a short path took is not waited for on a long one", "[path]") {
    quic_pair net({.link = {.delay = 200us}, .wires = 2});
    const auto [client_app, server_app] = net.connect();
    const test_app& near = client_app;
    const test_app& far = server_app;
    client_app.send_new(false, 30 * megabyte);
    REQUIRE(net.run_until([&] { return far.whole_streams(30 * megabyte) == 1; }));
    net.to_server(1).set_profile({.delay = 20ms});
    net.to_client(1).set_profile({.delay = 20ms});
    REQUIRE(client_app.connection->check_path(sim_endpoint::path_over(1), net.now()));
    REQUIRE(net.run_until([&] { return path_at(near) == sim_endpoint::path_over(1).value; }));
    client_app.send_new(false, megabyte);
    CHECK(net.run_until([&] { return far.whole_streams(megabyte) == 1; }, 10s));
}

TEST_CASE("datagram_sim: a client may come back before its move is validated", "[path]") {
    const auto pause = GENERATE(15ms, 25ms, 35ms, 100ms, 1s);
    CAPTURE(pause.count());
    quic_pair net({.wires = 3});
    const auto [client_app, server_app] = net.connect();
    const test_app& far = server_app;
    client_app.send_new(false, 5 * megabyte);
    REQUIRE(net.run_until([&] { return far.bytes_received() > megabyte; }));
    cut(net, 2);
    std::size_t moved = 0;
    for (const std::size_t wire : {1, 0, 1, 0, 2, 1, 0}) {
        moved += client_app.connection->migrate(sim_endpoint::path_over(wire), net.now()) ? 1 : 0;
        net.run_for(pause);
    }
    CHECK(moved >= 3);
    CHECK(net.run_until([&] { return far.whole_streams(5 * megabyte) == 1; }));
    CHECK(path_at(far) == path_at(client_app));
}
