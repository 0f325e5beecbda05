// SPDX-License-Identifier: Apache-2.0
// Connections that continue earlier ones: resumed handshakes, 0-RTT data taken, held, refused.
#include "base/assert.hpp"
#include "datagram_sim/quic_pair.hpp"
#include "datagram_sim/wall_clock.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::sim;
using quic::handshake_kind;

namespace {

pair_options replay_safe(std::uint64_t seed = 1) {
    return {.seed = seed, .replay_safe = {test_alpn}};
}

constexpr std::chrono::seconds year = 365 * 24h;

/// The clock on the wall was set anew; afterwards it is right again.
struct clock_set_anew {
    explicit clock_set_anew(std::chrono::seconds by) { wall_clock_offset = by; }
    clock_set_anew(const clock_set_anew&) = delete;
    clock_set_anew& operator=(const clock_set_anew&) = delete;
    ~clock_set_anew() { wall_clock_offset = {}; }
};

/// Leaves a ticket with the client.
void meet_once(quic_pair& net) {
    const auto [client_app, server_app] = net.connect();
    net.run_for(1s);
    client_app.connection->close(0, "");
    net.run_for(5s);
    MH_ASSERT(server_app.closed && net.client().core().measure().tickets == 1, "a ticket was left");
}

/// The server's end of the newest connection, once there is one more than `before`.
test_app& newest(quic_pair& net, std::size_t before) {
    const bool there = net.run_until([&] { return net.server().accepted().size() > before; });
    MH_ASSERT(there, "the server accepts");
    return *net.server().accepted().back();
}

}  // namespace

TEST_CASE("datagram_sim: a second connection resumes the first, with the same keys", "[resume]") {
    quic_pair net;
    meet_once(net);
    const auto [client_app, server_app] = net.connect();
    CHECK(client_app.connection->handshake() == handshake_kind::resumed);
    CHECK(server_app.connection->handshake() == handshake_kind::resumed);
    CHECK(client_app.connection->peer() == net.server().id());
    CHECK(server_app.connection->peer() == net.client().id());
    CHECK(server_app.connection->alpn() == test_alpn);
}

TEST_CASE("datagram_sim: a ticket is used once", "[resume]") {
    quic_pair net;
    meet_once(net);
    test_app& first = net.dial();
    test_app& second = net.dial();
    REQUIRE(net.run_until([&] { return first.connected && second.connected; }));
    CHECK(first.connection->handshake() == handshake_kind::resumed);
    CHECK(second.connection->handshake() == handshake_kind::full);
}

TEST_CASE("datagram_sim: 0-RTT data for a replay-safe protocol is there at once", "[resume]") {
    quic_pair net(replay_safe());
    meet_once(net);
    test_app& app = net.dial(true);
    REQUIRE(app.connection->sends_early_data());
    const stream_id stream = app.send_new(true, 1000);
    test_app& far = newest(net, 1);
    CHECK(far.inboxes[stream].early);
    CHECK(far.whole_streams(1000) == 1);
    CHECK_FALSE(app.connected);
    CHECK(far.connection->peer() == net.client().id());
    REQUIRE(net.run_until([&] { return app.connected; }, 1s));
    CHECK(app.connection->handshake() == handshake_kind::early_data);
    net.run_for(1s);
    CHECK(far.connection->handshake() == handshake_kind::early_data);
    CHECK(far.inboxes[stream].bytes == 1000);
    app.connection->close(0, "");
    net.run_for(1s);
    CHECK(net.server().core().counters().early_data_accepted == 1);
}

TEST_CASE("datagram_sim: 0-RTT data for any other protocol waits for the handshake", "[resume]") {
    quic_pair net;
    meet_once(net);
    test_app& app = net.dial(true);
    for (int i = 0; i < 3; ++i) {
        app.send_new(true, 1000);
        app.send_new(false, 2000);
    }
    const test_app& far = newest(net, 1);
    REQUIRE(net.run_until([&] { return far.whole_streams(1000) == 3; }, 1s));
    CHECK(far.whole_streams(2000) == 3);
    for (const auto& [stream, in] : far.inboxes)
        CHECK_FALSE(in.early);
    CHECK(app.connection->handshake() == handshake_kind::early_data);
}

TEST_CASE("datagram_sim: who closes over held 0-RTT data hears no more of it", "[resume]") {
    quic_pair net;
    meet_once(net);
    net.server().on_accept_app = [](test_app& app) {
        app.on_event = [&app](const quic::stream_event&) { app.connection->close(3, "enough"); };
    };
    test_app& app = net.dial(true);
    app.send_new(true, 1000);
    app.send_new(true, 1000);
    const test_app& far = newest(net, 1);
    REQUIRE(net.run_until([&] { return app.closed.has_value() && far.closed.has_value(); }, 1s));
    CHECK(far.events.size() == 1);
    CHECK(far.bytes_received() == 0);
}

TEST_CASE("datagram_sim: 0-RTT arrives once and whole under loss, taken or refused", "[resume]") {
    const auto seed = GENERATE(range<std::uint64_t>(1, 41));
    const bool refused = GENERATE(false, true);
    CAPTURE(seed, refused);
    quic_pair net(replay_safe(seed));
    meet_once(net);
    if (refused) {  // another ticket key, the same server
        net.server().kill();
        net.server().boot();
    }
    const link_profile lossy{.delay = 10ms, .jitter = 10ms, .loss = 0.1, .duplication = 0.1};
    net.to_server().set_profile(lossy);
    net.to_client().set_profile(lossy);
    net.server().on_accept_app = [](test_app& app) { app.answer_bytes = 500; };
    test_app& app = net.dial(true);
    // More than fits into the first flight, streams of both kinds, one of them given up.
    for (int i = 0; i < 4; ++i) {
        app.send_new(true, 10'000);
        app.send_new(false, 3'000);
    }
    app.connection->reset(app.send_new(true, 100, false), 5);
    test_app& far = newest(net, 1);
    REQUIRE(net.run_until([&] {
        return far.whole_streams(10'000) == 4 && far.whole_streams(3'000) == 4
               && app.whole_streams(500) == 4;
    }));
    CHECK(far.all_intact());
    const auto kind = app.connection->handshake();
    CHECK(kind == (refused ? handshake_kind::full : handshake_kind::early_data));
    net.run_for(1s);
    CHECK(net.client().core().measure().send_bytes == 0);
}

TEST_CASE("datagram_sim: refused 0-RTT data outlives a stream given up before it", "[resume]") {
    quic_pair net(replay_safe());
    meet_once(net);
    net.server().kill();
    net.server().boot();
    test_app& app = net.dial(true);
    const stream_id given_up = app.send_new(true, 100, false);
    app.send_new(true, 1000);
    app.connection->reset(given_up, 5);
    app.connection->stop(given_up, 5);
    test_app& far = newest(net, 1);
    REQUIRE(net.run_until([&] { return far.whole_streams(1000) == 1; }, 5s));
    CHECK(app.connection->handshake() == handshake_kind::full);
    net.run_for(1s);
    CHECK(far.last(quic::stream_event_kind::reset).value().stream == given_up);
    CHECK(app.connection->streams() == 0);
}

TEST_CASE("datagram_sim: a replayed first flight does nothing a second time", "[resume]") {
    quic_pair net(replay_safe());
    meet_once(net);
    std::vector<byte_buffer> flight;
    net.client().recording = &flight;
    test_app& app = net.dial(true);
    app.send_new(true, 1000);
    net.run_for(5ms);
    net.client().recording = nullptr;
    test_app& far = newest(net, 1);
    CHECK(far.whole_streams(1000) == 1);
    app.connection->close(0, "");
    net.run_for(20s);
    REQUIRE(net.is_quiet());
    for (byte_buffer& datagram : flight)
        net.server().receive(0, 0, datagram);
    net.run_for(20s);
    CHECK(net.server().accepted().size() == 2);
    CHECK(net.is_quiet());
}

TEST_CASE("datagram_sim: a ticket from the future, or too old, costs no dial", "[resume]") {
    const auto by =
        GENERATE(values({-10 * year, std::chrono::seconds(-1h), std::chrono::seconds(-1s), year}));
    const bool early_data = GENERATE(true, false);
    CAPTURE(by.count(), early_data);
    quic_pair net(replay_safe());
    meet_once(net);
    const clock_set_anew clock(by);
    test_app& app = net.dial(early_data);
    CHECK_FALSE(app.connection->sends_early_data());
    REQUIRE(net.run_until([&] { return app.connected || app.closed; }, 1s));
    REQUIRE(app.connected);
    CHECK(app.connection->handshake() == handshake_kind::full);
    app.send_new(true, 1000);
    test_app& far = newest(net, 1);
    CHECK(net.run_until([&] { return far.whole_streams(1000) == 1; }, 1s));
    net.run_for(1s);
    app.connection->close(0, "");
    net.run_for(20s);
    REQUIRE(net.is_quiet());
    // The ticket of the full handshake is good again.
    CHECK(net.dial(early_data).connection->sends_early_data() == early_data);
}
