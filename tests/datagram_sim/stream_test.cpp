// SPDX-License-Identifier: Apache-2.0
// Streams: whole and in order over lossy links, slowed down by slow readers, ended early by either
// side; and the credit of all of them comes back.
#include "datagram_sim/quic_pair.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::sim;
using quic::stream_event_kind;

namespace {

constexpr std::uint64_t megabyte = 1'000'000;

pair_options lossy(std::uint64_t seed, double loss) {
    return {.seed = seed, .link = {.delay = 5ms, .jitter = 1ms, .loss = loss}};
}

}  // namespace

TEST_CASE("datagram_sim: 10 MB arrive intact under 5 % loss", "[stream]") {
    const auto seed = GENERATE(range<std::uint64_t>(1, 11));
    CAPTURE(seed);
    pair_options options = lossy(seed, 0.05);
    options.client.handshake_timeout = options.server.handshake_timeout = 30s;
    quic_pair net(options);
    const auto [client_app, server_app] = net.connect();
    client_app.send_new(false, 10 * megabyte);
    const test_app& reader = server_app;
    REQUIRE(net.run_until([&] { return reader.whole_streams(10 * megabyte) == 1; }, 300s));
    CHECK(net.to_server().counters().lost > 100);
    // All of it is acknowledged in the end, and nothing is kept.
    const auto kept = [&] { return net.client().core().measure().send_bytes; };
    CHECK(net.run_until([&] { return kept() == 0; }, 5s));
    CHECK(net.client().core().measure().streams == 0);
}

TEST_CASE("datagram_sim: both directions of one stream carry at once", "[stream]") {
    const auto seed = GENERATE(range<std::uint64_t>(1, 11));
    CAPTURE(seed);
    quic_pair net(lossy(seed, 0.02));
    const auto [client_app, server_app] = net.connect();
    const stream_id stream = client_app.send_new(true, megabyte);
    REQUIRE(net.run_until([&, &in = server_app.inboxes] { return in.contains(stream); }));
    server_app.send(stream, megabyte);
    const test_app& near = client_app;
    const test_app& far = server_app;
    REQUIRE(net.run_until([&] {
        return near.whole_streams(megabyte) == 1 && far.whole_streams(megabyte) == 1;
    }));
    net.run_for(1s);
    CHECK(client_app.last(stream_event_kind::closed)->stream == stream);
    CHECK(server_app.last(stream_event_kind::closed)->stream == stream);
}

TEST_CASE("datagram_sim: a reader that does not consume stops the writer", "[stream]") {
    pair_options options;
    options.server.stream_window = 100'000;
    options.client.send_buffer_bytes_max = 50'000;
    quic_pair net(options);
    const auto [client_app, server_app] = net.connect();
    test_app& reader = server_app;
    reader.consume_at_once = false;
    const stream_id stream = client_app.send_new(true, megabyte);
    CHECK(client_app.bytes_taken(stream) == 50'000);

    net.run_for(5s);
    CHECK(reader.bytes_received() == 100'000);
    // Beyond what is under way the writer is ahead by its send buffer at most.
    CHECK(client_app.bytes_taken(stream) > 100'000);
    CHECK(client_app.bytes_taken(stream) <= 150'000);
    CHECK(net.client().core().measure().send_bytes == client_app.bytes_taken(stream) - 100'000);

    // Each consume lets as much again through, and the writer hears of it.
    const std::size_t told = client_app.count(stream_event_kind::writable);
    reader.consume_all();
    net.run_for(5s);
    CHECK(reader.bytes_received() == 200'000);
    CHECK(client_app.count(stream_event_kind::writable) > told);
    reader.consume_at_once = true;
    reader.consume_all();
    REQUIRE(net.run_until([&] { return reader.whole_streams(megabyte) == 1; }));
}

TEST_CASE("datagram_sim: the connection's window stops all streams together", "[stream]") {
    pair_options options;
    options.server.stream_window = 100'000;
    options.server.connection_window = 250'000;
    quic_pair net(options);
    const auto [client_app, server_app] = net.connect();
    test_app& reader = server_app;
    reader.consume_at_once = false;
    for (int i = 0; i < 10; ++i)
        client_app.send_new(false, 200'000);
    net.run_for(5s);
    CHECK(reader.bytes_received() == 250'000);
    reader.consume_at_once = true;
    reader.consume_all();
    REQUIRE(net.run_until([&] { return reader.whole_streams(200'000) == 10; }));
}

TEST_CASE("datagram_sim: many streams at once, of both kinds and from both sides", "[stream]") {
    const auto seed = GENERATE(range<std::uint64_t>(1, 11));
    CAPTURE(seed);
    quic_pair net(lossy(seed, 0.03));
    net.server().on_accept_app = [](test_app& app) { app.answer_bytes = 3'000; };
    const auto [client_app, server_app] = net.connect();
    const test_app& near = client_app;
    const test_app& far = server_app;
    for (int i = 0; i < 100; ++i) {
        client_app.send_new(true, 20'000);
        client_app.send_new(false, 10'000);
        server_app.send_new(false, 5'000);
    }
    REQUIRE(net.run_until([&] {
        return far.whole_streams(20'000) == 100 && far.whole_streams(10'000) == 100
               && near.whole_streams(3'000) == 100 && near.whole_streams(5'000) == 100;
    }));
    CHECK(far.count(stream_event_kind::opened) == 200);
    net.run_for(2s);
    CHECK(net.client().core().measure().streams == 0);
    CHECK(net.server().core().measure().streams == 0);
}

TEST_CASE("datagram_sim: the stream limit holds, and moves on as streams end", "[stream]") {
    pair_options options;
    options.server.streams_bidi_max = 5;
    options.server.streams_uni_max = 3;
    quic_pair net(options);
    net.server().on_accept_app = [](test_app& app) { app.answer_bytes = 10; };
    const auto [client_app, server_app] = net.connect();
    quic::quic_connection& connection = *client_app.connection;
    for (int i = 0; i < 5; ++i)
        client_app.send_new(true, 10, i == 0);
    CHECK_FALSE(connection.open_stream(true).has_value());
    for (int i = 0; i < 3; ++i)
        REQUIRE(connection.open_stream(false).has_value());
    CHECK_FALSE(connection.open_stream(false).has_value());
    net.run_for(1s);
    // One bidi stream is over on both sides: one more may be opened, not two.
    CHECK(connection.open_stream(true).has_value());
    CHECK_FALSE(connection.open_stream(true).has_value());
    CHECK_FALSE(connection.open_stream(false).has_value());
    CHECK(server_app.count(stream_event_kind::opened) == 5);
}

TEST_CASE("datagram_sim: a reset reaches the peer with its code, both ways", "[stream]") {
    quic_pair net;
    const auto [client_app, server_app] = net.connect();
    const stream_id stream = client_app.send_new(true, 50'000, false);
    net.run_for(1s);
    client_app.connection->reset(stream, 77);
    net.run_for(1s);
    REQUIRE(server_app.last(stream_event_kind::reset));
    CHECK(
        *server_app.last(stream_event_kind::reset)
        == quic::stream_event{stream, stream_event_kind::reset, 77}
    );
    // The other direction lives until it ends by itself.
    CHECK(server_app.count(stream_event_kind::closed) == 0);
    server_app.connection->reset(stream, 78);
    net.run_for(1s);
    CHECK(
        *client_app.last(stream_event_kind::reset)
        == quic::stream_event{stream, stream_event_kind::reset, 78}
    );
    CHECK(client_app.count(stream_event_kind::closed) == 1);
    CHECK(server_app.count(stream_event_kind::closed) == 1);
    CHECK(net.client().core().measure().streams == 0);
    CHECK(net.server().core().measure().streams == 0);
    CHECK(net.client().core().measure().send_bytes == 0);
}

TEST_CASE("datagram_sim: a reader that stops a stream ends the writing of it", "[stream]") {
    quic_pair net;
    const auto [client_app, server_app] = net.connect();
    const stream_id stream = client_app.send_new(true, 100 * megabyte);
    net.run_for(200ms);
    server_app.connection->stop(stream, 99);
    const std::uint64_t before = server_app.bytes_received();
    net.run_for(2s);
    CHECK(client_app.count(stream_event_kind::stopped) == 1);
    CHECK(server_app.bytes_received() == before);
    CHECK(client_app.connection->write(stream, as_bytes("more"), false) == 0);
    CHECK(net.client().core().measure().send_bytes == 0);
    // The other direction is still of use.
    server_app.send(stream, 1000);
    REQUIRE(net.run_until([&, &in = client_app.inboxes] { return in[stream].fin; }));
    net.run_for(1s);
    CHECK(client_app.last(stream_event_kind::closed)->code == 99);
    CHECK(net.client().core().measure().streams == 0);
    CHECK(net.server().core().measure().streams == 0);
}
