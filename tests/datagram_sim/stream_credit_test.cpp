// SPDX-License-Identifier: Apache-2.0
// Credit and bookkeeping of streams that end early: nothing may leak over thousands of them, and
// nobody may wait for what will not come.
#include "datagram_sim/quic_pair.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::sim;
using quic::stream_event_kind;

TEST_CASE("datagram_sim: no credit leaks over thousands of streams", "[stream]") {
    // However a stream ends, its share of the connection's window comes back: 1,500 streams of up
    // to 20 kB, 15 MB in all, fit through a window of 100 kB.
    const auto seed = GENERATE(range<std::uint64_t>(1, 11));
    CAPTURE(seed);
    pair_options options{.seed = seed, .link = {.delay = 2ms, .jitter = 2ms, .loss = 0.02}};
    options.server.connection_window = 100'000;
    options.server.stream_window = 50'000;
    quic_pair net(options);
    net.server().on_accept_app = [](test_app& app) { app.answer_bytes = 100; };
    const auto [client_app, server_app] = net.connect();
    quic::quic_connection& client = *client_app.connection;
    quic::quic_connection& server = *server_app.connection;
    prng random(seed);
    for (int round = 0; round < 150; ++round) {
        std::vector<stream_id> opened;
        for (int i = 0; i < 10; ++i)
            opened.push_back(client_app.send_new(random.chance(0.5), random.below(20'000)));
        // Some end by reset, some are stopped, some of either before anything has arrived.
        net.run_for(random.chance(0.5) ? 0ms : 5ms);
        if (random.chance(0.5)) {
            client.reset(opened[1], 1);
            client.stop(opened[1], 1);
        }
        if (random.chance(0.5)) server.stop(opened[2], 2);
        if (random.chance(0.5)) server.reset(opened[2], 2);
        if (random.chance(0.3)) server.stop(opened[3], 3);
        if (random.chance(0.3)) client.stop(opened[4], 4);
        // What nobody will answer is ended here.
        server_app.consume_at_once = random.chance(0.7);
        const auto over = [&] {
            server_app.consume_all();
            for (const stream_id id : opened) {
                const auto in = server_app.inboxes.find(id);
                const bool whole = in != server_app.inboxes.end() && in->second.fin;
                if (!whole) server.reset(id, 5);
            }
            return client.streams() == 0 && server.streams() == 0;
        };
        REQUIRE(net.run_until(over, 30s));
        REQUIRE(server_app.all_intact());
        server_app.inboxes.clear();
    }
    // The window is there again, but for what is not worth a frame yet: at most half.
    server_app.consume_at_once = false;
    for (int i = 0; i < 3; ++i)
        client_app.send_new(false, 50'000);
    net.run_for(5s);
    CHECK(server_app.bytes_received() >= 50'000);
    CHECK(server_app.bytes_received() <= 100'000);
}

TEST_CASE("datagram_sim: one-way streams of the peer end when read to the end", "[stream]") {
    quic_pair net;
    const auto [client_app, server_app] = net.connect();
    server_app.consume_at_once = false;
    const stream_id stream = client_app.send_new(false, 1000);
    net.run_for(1s);
    CHECK(server_app.inboxes[stream].fin);
    CHECK(server_app.count(stream_event_kind::closed) == 0);  // its bytes still count
    server_app.consume_all();
    net.run_for(1s);
    CHECK(
        server_app.last(stream_event_kind::closed)
        == quic::stream_event{stream, stream_event_kind::closed, 0}
    );
    // The same for an empty one, a reset one, and one that is not wanted.
    (void)client_app.send_new(false, 0);
    const stream_id cut_short = client_app.send_new(false, 10, false);
    const stream_id unwanted = client_app.send_new(false, 10, false);
    net.run_for(1s);
    client_app.connection->reset(cut_short, 7);
    server_app.connection->stop(unwanted, 8);
    net.run_for(1s);
    CHECK(server_app.count(stream_event_kind::closed) == 4);
    CHECK(net.server().core().measure().streams == 0);
    CHECK(net.client().core().measure().streams == 0);
}

TEST_CASE("datagram_sim: a writer without credit hears that its reader is gone", "[stream]") {
    pair_options options;
    options.server.stream_window = 10'000;
    quic_pair net(options);
    const auto [client_app, server_app] = net.connect();
    server_app.consume_at_once = false;
    const stream_id stream = client_app.send_new(true, 5'000'000);
    net.run_for(1s);
    CHECK(server_app.bytes_received() == 10'000);
    server_app.connection->stop(stream, 9);
    net.run_for(1s);
    CHECK(client_app.count(stream_event_kind::stopped) == 1);
}

TEST_CASE("datagram_sim: streams ended from inside their own events are ended", "[stream]") {
    // Applications answer an event with a call; none of them may disturb the packet in the making.
    const auto seed = GENERATE(range<std::uint64_t>(1, 11));
    CAPTURE(seed);
    quic_pair net({.seed = seed, .link = {.delay = 3ms, .jitter = 3ms, .loss = 0.05}});
    test_app* server_end = nullptr;
    net.server().on_accept_app = [&](test_app& app) { server_end = &app; };
    const auto [client_app, server_app] = net.connect();
    server_end->on_event = [&](const quic::stream_event& event) {
        if (event.kind != stream_event_kind::opened) return;
        server_end->connection->stop(event.stream, 1);
        if ((event.stream.value & 2) == 0) server_end->connection->reset(event.stream, 1);
    };
    client_app.on_event = [&, &app = client_app](const quic::stream_event& event) {
        if (event.kind == stream_event_kind::stopped) app.connection->reset(event.stream, 2);
        if (event.kind == stream_event_kind::closed) (void)app.send_new(true, 30'000);
    };
    for (int i = 0; i < 20; ++i)
        client_app.send_new(i % 2 == 0, 30'000);
    net.run_for(500ms);
    CHECK_FALSE(client_app.closed.has_value());
    CHECK_FALSE(server_app.closed.has_value());
    CHECK(client_app.count(stream_event_kind::closed) > 200);
}

TEST_CASE("datagram_sim: a port that is full holds everything until it has room", "[stream]") {
    quic_pair net;
    const auto [client_app, server_app] = net.connect();
    const test_app& reader = server_app;
    client_app.send_new(true, 2'000'000);
    std::size_t stops = 0;
    while (reader.whole_streams(2'000'000) == 0 && stops < 1000) {
        net.client().block_after(3);
        (void)net.run_until([&] { return net.client().is_blocked(); }, 100ms);
        const std::uint64_t sent = net.to_server().counters().offered;
        net.run_for(1ms);
        CHECK((net.to_server().counters().offered == sent || !net.client().is_blocked()));
        net.client().unblock();
        ++stops;
    }
    CHECK(reader.whole_streams(2'000'000) == 1);
}
