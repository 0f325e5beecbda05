// SPDX-License-Identifier: Apache-2.0
// A path that takes long packets, and all at once swallows them without a word.
#include "datagram_sim/quic_pair.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::sim;

namespace {

constexpr std::uint64_t megabyte = 1'000'000;
constexpr std::size_t shortest = 1200;  // UDP bytes that fit wherever QUIC may go

/// UDP bytes in 1280 bytes of IPv4 or IPv6.
std::size_t narrow() {
    return GENERATE(1280 - 28, 1280 - 48);
}

void set_mtu(quic_pair& net, std::size_t mtu) {
    for (auto* way : {&net.to_server(), &net.to_client()}) {
        link_profile profile = way->profile();
        profile.mtu = mtu;
        way->set_profile(profile);
    }
}

std::size_t mtu_of(const test_app& app) {
    return app.connection->measure().mtu;
}

/// Both ends have found out that long packets get through.
void await_long_packets(quic_pair& net, const test_app& one, const test_app& other) {
    REQUIRE(net.run_until([&] { return mtu_of(one) > 1400 && mtu_of(other) > 1400; }, 10s));
}

}  // namespace

TEST_CASE("datagram_sim: a transfer outlives a path that begins to swallow long packets", "[mtu]") {
    const std::size_t mtu = narrow();
    const auto delay = GENERATE(200us, 10ms, 100ms);
    const bool client_sends = GENERATE(true, false);
    CAPTURE(mtu, delay.count(), client_sends);
    quic_pair net({.link = {.delay = delay, .bytes_per_second = 3 * megabyte}});
    const auto [client_app, server_app] = net.connect();
    test_app& near = client_sends ? client_app : server_app;
    const test_app& far = client_sends ? server_app : client_app;
    near.send_new(false, 3 * megabyte);
    await_long_packets(net, near, far);
    REQUIRE(net.run_until([&] { return far.bytes_received() > megabyte; }, 30s));
    set_mtu(net, mtu);
    REQUIRE(net.run_until([&] { return far.whole_streams(3 * megabyte) == 1; }, 60s));
}

TEST_CASE("datagram_sim: one that goes on swallowing them is tried less and less often", "[mtu]") {
    quic_pair net({.link = {.delay = 20ms, .bytes_per_second = 100'000}});
    const auto [client_app, server_app] = net.connect();
    const test_app& far = server_app;
    await_long_packets(net, client_app, server_app);
    client_app.send_new(false, 20 * megabyte);
    net.run_for(1s);
    set_mtu(net, 1252);
    net.run_for(100s);
    // Long packets were tried after 1, 2, 4, 8, 16 and 32 s, and what went on till then was lost.
    const std::uint64_t vanished = net.to_server().counters().too_long;
    CHECK(vanished > 0);
    net.run_for(20s);
    CHECK(net.to_server().counters().too_long == vanished);
    const std::uint64_t before = far.bytes_received();
    CHECK(before > 8 * megabyte);
    CHECK(mtu_of(client_app) == shortest);
}

TEST_CASE("datagram_sim: a path that was out, or takes long packets again, gets them", "[mtu]") {
    const bool is_out = GENERATE(true, false);
    CAPTURE(is_out);
    quic_pair net({.link = {.bytes_per_second = 100'000}});
    const auto [client_app, server_app] = net.connect();
    const test_app& far = server_app;
    await_long_packets(net, client_app, server_app);
    client_app.send_new(false, 5 * megabyte);
    net.run_for(1s);
    set_mtu(net, is_out ? 0 : 1252);
    REQUIRE(net.run_until([&] { return mtu_of(client_app) == shortest; }, 3s));
    set_mtu(net, 1452);
    CHECK(net.run_until([&] { return mtu_of(client_app) > 1400; }, 15s));
    const std::uint64_t before = far.bytes_received();
    net.run_for(20s);
    CHECK(far.bytes_received() - before > 3 * megabyte / 2);
    CHECK(mtu_of(client_app) > 1400);
}

TEST_CASE("datagram_sim: short messages do not hide that long packets vanish", "[mtu]") {
    quic_pair net({.link = {.delay = 20ms}});
    const auto [client_app, server_app] = net.connect();
    test_app& near = client_app;
    const test_app& far = server_app;
    await_long_packets(net, near, far);
    // Both ends have things to say, so that there is always something to acknowledge.
    server_app.send_new(false, 20 * megabyte);
    near.send_new(false, 3 * megabyte);
    REQUIRE(net.run_until([&] { return far.bytes_received() > megabyte; }));
    link_profile one_way = net.to_server().profile();
    one_way.mtu = 1252;
    net.to_server().set_profile(one_way);
    for (int i = 0; i < 60 && far.whole_streams(3 * megabyte) == 0; ++i) {
        if (i % 10 == 0) near.send_new(false, 20);
        net.run_for(100ms);
    }
    CHECK(net.run_until([&] { return far.whole_streams(3 * megabyte) == 1; }, 5s));
}

TEST_CASE("datagram_sim: DATAGRAM frames get shorter where long ones vanish", "[mtu]") {
    quic_pair net;
    const auto [client_app, server_app] = net.connect();
    const test_app& far = server_app;
    await_long_packets(net, client_app, server_app);
    set_mtu(net, 1252);
    quic::quic_connection& connection = *client_app.connection;
    for (int i = 0; i < 30; ++i) {
        REQUIRE(connection.send_datagram(byte_buffer(connection.datagram_size_max(), 1)));
        net.run_for(100ms);
    }
    CHECK(mtu_of(client_app) == shortest);
    CHECK(far.datagrams.size() > 10);
}

TEST_CASE("datagram_sim: of another path nothing bad is thought", "[mtu]") {
    quic_pair net({.wires = 2});
    const auto [client_app, server_app] = net.connect();
    const test_app& far = server_app;
    await_long_packets(net, client_app, server_app);
    set_mtu(net, 1252);
    client_app.send_new(false, 3 * megabyte);
    REQUIRE(net.run_until([&] { return mtu_of(client_app) == shortest; }, 3s));
    REQUIRE(client_app.connection->check_path(sim_endpoint::path_over(1), net.now()));
    CHECK(net.run_until([&] { return mtu_of(client_app) > 1400; }, 3s));
    CHECK(net.run_until([&] { return far.whole_streams(3 * megabyte) == 1; }, 5s));
}
