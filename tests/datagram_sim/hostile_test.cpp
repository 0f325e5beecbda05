// SPDX-License-Identifier: Apache-2.0
// 100,000 datagrams of strangers at a server, and 20,000 at a client, while two good endpoints go
// on with their work: nothing breaks, nothing grows, nobody else notices. Then peers that have
// proved who they are and send nonsense.
#include "datagram_sim/datagram_mutator.hpp"
#include "datagram_sim/forged_initial.hpp"
#include "datagram_sim/plaintext_tap.hpp"
#include "datagram_sim/quic_pair.hpp"
#include "support/catch.hpp"

#include <algorithm>

using namespace meshhost;
using namespace meshhost::sim;

namespace {

/// Sets before_sealing for a scope.
class tap {
public:
    explicit tap(std::function<void(std::span<std::uint8_t>)> hand) {
        before_sealing = std::move(hand);
    }
    tap(const tap&) = delete;
    tap& operator=(const tap&) = delete;
    ~tap() { before_sealing = nullptr; }
};

struct first_packet {
    byte_buffer scid;
    byte_buffer frames;
};

/// What a stranger can read of a real one.
first_packet read_first_packet() {
    quic_pair net;
    first_packet first;
    const tap listen([&](std::span<std::uint8_t> sealed) {
        if (first.frames.empty()) first.frames.assign(sealed.begin(), sealed.end());
    });
    std::vector<byte_buffer> sent;
    net.client().recording = &sent;
    net.dial();
    net.run_for(1ms);
    ngtcp2_version_cid ids;
    REQUIRE(ngtcp2_pkt_decode_version_cid(&ids, sent[0].data(), sent[0].size(), 8) == 0);
    first.scid.assign(ids.scid, ids.scid + ids.scidlen);
    return first;
}

/// Renames the TLS extension that carries QUIC's transport parameters (RFC 9001 §8.2).
void hide_transport_parameters(std::span<std::uint8_t> message) {
    const std::uint8_t type_and_size_high[3] = {0x00, 0x39, 0x00};
    const auto found = std::search(
        message.begin(),
        message.end(),
        std::begin(type_and_size_high),
        std::end(type_and_size_high)
    );
    if (found != message.end()) *found = 0xfe;
}

/// Everything both sides send in a connection with a bit of everything, of a server that asks
/// newcomers for a Retry.
struct recorded {
    std::vector<byte_buffer> to_server;
    std::vector<byte_buffer> to_client;
};

recorded record(quic_pair& net) {
    recorded all;
    net.client().recording = &all.to_server;
    net.server().recording = &all.to_client;
    const auto [client_app, server_app] = net.connect();
    client_app.send_new(true, 20'000);
    server_app.send_new(false, 20'000);
    (void)client_app.connection->send_datagram(byte_buffer(100, 1));
    net.run_for(1s);
    net.client().recording = nullptr;
    net.server().recording = nullptr;
    return all;
}

pair_options wary_of_floods() {
    pair_options options{.replay_safe = {test_alpn}};
    options.server.half_open_max = 20;
    options.server.half_open_hard_max = 50;
    options.server.handshake_timeout = 1s;
    return options;
}

void check_bounds(const sim_endpoint& endpoint, const quic::transport_config& config) {
    const quic::core_tables tables = endpoint.core().measure();
    CHECK(tables.half_open <= config.half_open_hard_max);
    CHECK(tables.connections <= config.half_open_hard_max + quic::closing_table::entries_max + 4);
    CHECK(tables.tls_sessions <= config.half_open_hard_max + 4);
    CHECK(tables.streams <= 400);
    CHECK(endpoint.paths_retained() <= config.half_open_hard_max + 4);
}

/// One exchange of the two good endpoints.
void check_service(quic_pair& net, test_app& client_app, test_app& server_app) {
    REQUIRE(client_app.connection != nullptr);
    REQUIRE(server_app.connection != nullptr);
    const std::size_t before = server_app.whole_streams(5'000);
    client_app.send_new(true, 5'000);
    REQUIRE(net.run_until([&] { return server_app.whole_streams(5'000) == before + 1; }, 5s));
}

}  // namespace

TEST_CASE("datagram_sim: a forged Initial is taken for a client's", "[hostile]") {
    // Otherwise the tests below would throw their packets at a closed door.
    quic_pair net;
    const byte_buffer id(8, 7);
    const first_packet real = read_first_packet();
    byte_buffer datagram = forge_initial(id, real.scid, 0, real.frames);
    REQUIRE(datagram.size() == 1200);
    net.server().receive(0, 0, datagram);
    net.run_for(1ms);
    CHECK(net.server().core().measure().half_open == 1);
    CHECK(net.to_client().counters().bytes_offered >= 1200);
}

TEST_CASE("datagram_sim: a hello without transport parameters is refused", "[hostile]") {
    // ngtcp2 0.12 lets it pass and asserts soon after.
    quic_pair net;
    first_packet hello = read_first_packet();
    hide_transport_parameters(hello.frames);
    byte_buffer datagram = forge_initial(byte_buffer(8, 7), hello.scid, 0, hello.frames);
    net.server().receive(0, 0, datagram);
    net.run_for(1ms);
    CHECK(net.server().core().counters().opened == 1);
    CHECK(net.server().core().measure().half_open == 0);
    // A server does no better than a client.
    net.server().before_write = [] { before_sealing = hide_transport_parameters; };
    net.server().after_write = [] { before_sealing = nullptr; };
    test_app& app = net.dial();
    REQUIRE(net.run_until([&] { return app.closed.has_value(); }, 1s));
    CHECK_FALSE(app.connected);
    CHECK(app.closed->cause == quic::close_cause::transport_error);
}

TEST_CASE("datagram_sim: 100,000 hostile datagrams do not stop a server", "[hostile]") {
    const pair_options options = wary_of_floods();
    quic_pair net(options);
    const first_packet real = read_first_packet();
    recorded old = record(net);
    const auto [client_app, server_app] = net.connect();
    std::vector<byte_buffer> live;
    net.client().recording = &live;
    datagram_mutator mutator(1);
    for (int i = 0; i < 100'000; ++i) {
        // Of connections long gone, of the one alive, and of strangers who know the protocol.
        byte_buffer datagram = i % 20 == 0  ? mutator.next_initial(real.scid, real.frames)
                               : i % 2 == 0 ? mutator.next(old.to_server)
                                            : mutator.next(live);
        net.server().receive(0, static_cast<std::uint8_t>(i & 3), datagram);
        if (i % 100 == 0) net.run_for(10ms);
        if (i % 10'000 == 0) {
            check_bounds(net.server(), options.server);
            live.clear();
            check_service(net, client_app, server_app);
        }
    }
    check_service(net, client_app, server_app);
    CHECK(server_app.all_intact());
    // When it is over, everything the flood left behind goes.
    net.run_for(20s);
    CHECK(net.server().core().measure().half_open == 0);
    CHECK(net.server().core().measure().connections <= 3);
    CHECK(net.server().core().counters().resets_sent > 0);
    CHECK(net.server().core().counters().opened > 300);
}

TEST_CASE("datagram_sim: 20,000 hostile datagrams do not stop a client", "[hostile]") {
    const pair_options options = wary_of_floods();
    quic_pair net(options);
    const recorded old = record(net);
    std::vector<byte_buffer> live;
    net.server().recording = &live;
    datagram_mutator mutator(2);
    std::size_t connected = 0;
    for (int round = 0; round < 100; ++round) {
        live.clear();
        test_app& app = net.dial(round % 2 == 0);
        for (int i = 0; i < 200; ++i) {
            byte_buffer datagram = mutator.next(i % 2 == 0 ? old.to_client : live);
            net.client().receive(0, 0, datagram);
            if (i % 10 == 0) net.run_for(2ms);  // before, in and after the handshake
        }
        check_bounds(net.client(), options.client);
        (void)net.run_until([&] { return app.connected || app.closed; }, 2s);
        connected += app.connected ? 1 : 0;
        if (app.connection != nullptr) app.connection->close(0, "");
        net.run_for(100ms);
    }
    CHECK(connected == 100);
    net.run_for(20s);
    CHECK(net.client().core().measure().connections <= 1);
}

TEST_CASE(
    "datagram_sim: a peer that is who it says and sends nonsense is thrown out",
    "[hostile]"
) {
    const auto seed = GENERATE(range<std::uint64_t>(1, 101));
    CAPTURE(seed);
    quic_pair net({.seed = seed});
    net.server().on_accept_app = [](test_app& app) { app.answer_bytes = 2'000; };
    const auto [client_app, server_app] = net.connect();
    client_app.send_new(true, 5'000);
    server_app.send_new(true, 5'000);
    net.run_for(25ms);
    prng random(seed);
    datagram_mutator mutator(seed);
    {
        // The server seals outside the client's flush, so its packets are left alone.
        net.client().before_write = [&] {
            before_sealing = [&](std::span<std::uint8_t> sealed) {
                if (random.chance(0.5)) mutator.damage(sealed);
            };
        };
        net.client().after_write = [] { before_sealing = nullptr; };
        for (int i = 0; i < 30; ++i) {
            if (client_app.connection != nullptr) {
                client_app.send_new(random.chance(0.5), random.below(3'000));
                (void)client_app.connection->send_datagram(byte_buffer(random.below(500), 1));
            }
            net.run_for(20ms);
        }
        net.client().before_write = nullptr;
        net.client().after_write = nullptr;
    }
    // The next peer is served.
    const auto [next_client, next_server] = net.connect();
    check_service(net, next_client, next_server);
}
