// SPDX-License-Identifier: Apache-2.0
// Handshakes over links that lose, reorder and repeat; who is turned away, and in which words.
#include "datagram_sim/quic_pair.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::sim;
using quic::close_cause;

namespace {

/// 30 % of the datagrams lost, many overtaken by the next ones, many repeated.
link_profile bad_link() {
    return {.delay = 20ms, .jitter = 30ms, .loss = 0.3, .duplication = 0.2};
}

bool both_connected(quic_pair& net, const test_app& app) {
    return app.connected && !net.server().accepted().empty();
}

}  // namespace

TEST_CASE("datagram_sim: a handshake takes one round trip on a clean link", "[handshake]") {
    quic_pair net;
    test_app& app = net.dial();
    REQUIRE(net.run_until([&] { return app.connected; }, 21ms));
    CHECK(app.connection->peer() == net.server().id());
    CHECK(app.connection->alpn() == test_alpn);
    REQUIRE(net.run_until([&] { return both_connected(net, app); }, 11ms));
    CHECK(net.server().accepted().front()->connection->peer() == net.client().id());
    CHECK(net.server().accepted().front()->connection->alpn() == test_alpn);
}

TEST_CASE("datagram_sim: a handshake survives loss, reordering and duplication", "[handshake]") {
    const auto seed = GENERATE(range<std::uint64_t>(1, 31));
    CAPTURE(seed);
    pair_options options{.seed = seed, .link = bad_link()};
    options.client.handshake_timeout = options.server.handshake_timeout = 60s;
    options.client.idle_timeout = options.server.idle_timeout = 60s;
    quic_pair net(options);
    test_app& app = net.dial();
    REQUIRE(net.run_until([&] { return both_connected(net, app); }, 60s));
    CHECK(net.server().accepted().size() == 1);
    const stream_id stream = app.send_new(true, 1000);
    test_app& server_app = *net.server().accepted().front();
    REQUIRE(net.run_until([&] { return server_app.whole_streams(1000) == 1; }, 60s));
    CHECK(server_app.inboxes.contains(stream));
}

TEST_CASE("datagram_sim: a seed repeats the fate of every datagram", "[handshake]") {
    const auto seed = GENERATE(range<std::uint64_t>(1, 11));
    CAPTURE(seed);
    const auto run = [&] {
        pair_options options{.seed = seed, .link = bad_link()};
        options.client.handshake_timeout = options.server.handshake_timeout = 60s;
        quic_pair net(options);
        test_app& app = net.dial();
        const bool came_about = net.run_until([&] { return both_connected(net, app); }, 60s);
        const link_counters& out = net.to_server().counters();
        const link_counters& in = net.to_client().counters();
        return std::tuple(
            came_about,
            net.now(),
            std::tuple(out.offered, out.lost, out.duplicated),
            std::tuple(in.offered, in.lost, in.duplicated)
        );
    };
    const auto first = run();
    CHECK(std::get<0>(first));
    CHECK(run() == first);
}

TEST_CASE("datagram_sim: another key at the address is refused by the client", "[handshake]") {
    quic_pair net;
    test_app& app = net.client().dial({
        .path = sim_endpoint::path_over(0),
        .expected = net.client().id(),
        .alpn = test_alpn,
    });
    REQUIRE(net.run_until([&] { return app.closed.has_value(); }, 1s));
    CHECK(app.closed->cause == close_cause::identity_mismatch);
    CHECK(app.closed->reason == net.server().id().to_hex());
    CHECK_FALSE(app.connected);
    // The server is told, and does not wait for the rest of the handshake.
    net.run_for(50ms);
    CHECK(net.server().core().measure().half_open == 0);
    CHECK(net.server().accepted().empty());
}

TEST_CASE("datagram_sim: an ALPN that the server does not serve ends as 0x178", "[handshake]") {
    quic_pair net;
    test_app& app = net.client().dial({
        .path = sim_endpoint::path_over(0),
        .expected = net.server().id(),
        .alpn = "nobody/serves/this",
    });
    REQUIRE(net.run_until([&] { return app.closed.has_value(); }, 1s));
    CHECK(app.closed->cause == close_cause::alpn_mismatch);
    CHECK(app.closed->code == 0x178);
    CHECK(net.server().accepted().empty());
    net.run_for(5s);
    CHECK(net.is_quiet());
}

TEST_CASE("datagram_sim: a dial that nobody answers ends at the handshake limit", "[handshake]") {
    pair_options options{.link = {.up = false}};
    options.client.handshake_timeout = 3s;
    quic_pair net(options);
    test_app& app = net.dial();
    CHECK_FALSE(net.run_until([&] { return app.closed.has_value(); }, 2999ms));
    REQUIRE(net.run_until([&] { return app.closed.has_value(); }, 2ms));
    CHECK(app.closed->cause == close_cause::handshake_timeout);
    CHECK(net.is_quiet());
    CHECK(net.client().paths_retained() == 0);
}

TEST_CASE("datagram_sim: a version nobody speaks is answered with ours", "[handshake]") {
    quic_pair net;
    byte_buffer unknown(1200, 0);
    unknown[0] = 0xc0;
    unknown[1] = unknown[2] = unknown[3] = unknown[4] = 0x1a;
    unknown[5] = 8;
    unknown[6 + 8] = 8;
    std::vector<byte_buffer> answers;
    net.server().recording = &answers;
    net.server().receive(0, 0, unknown);
    REQUIRE(answers.size() == 1);
    const byte_buffer& answer = answers.front();
    // Long header form, version 0, the ids back, then one version: 1 (RFC 9000 §17.2.1).
    REQUIRE(answer.size() == 1 + 4 + 1 + 8 + 1 + 8 + 4);
    CHECK((answer[0] & 0x80) != 0);
    CHECK(to_hex(bytes_view(answer).subspan(1, 4)) == "00000000");
    CHECK(to_hex(bytes_view(answer).last(4)) == "00000001");
    // One too short to be a first flight is not worth an answer.
    unknown.resize(1199);
    net.server().receive(0, 0, unknown);
    CHECK(answers.size() == 1);
}

TEST_CASE("datagram_sim: TLS state is let go of after the handshake", "[handshake]") {
    quic_pair net;
    const auto [client_app, server_app] = net.connect();
    net.run_for(1s);
    CHECK(net.server().core().measure().tls_sessions == 0);
    net.run_for(10s);
    CHECK(net.client().core().measure().tls_sessions == 0);
    CHECK(net.client().core().measure().tickets > 0);
    // The connection does not miss it.
    client_app.send_new(true, 100'000);
    REQUIRE(net.run_until([&] { return server_app.whole_streams(100'000) == 1; }, 5s));
}
