// SPDX-License-Identifier: Apache-2.0
// Both sides over a transport without a network.
#include "ping/ping_client.hpp"
#include "ping/ping_handler.hpp"
#include "support/fake_transport.hpp"
#include "support/loop.hpp"

#include <array>

using namespace meshhost;
using namespace meshhost::ping;

namespace {

identity::secret_key key_of(std::uint8_t seed) {
    std::array<std::uint8_t, identity::secret_key::seed_size> bytes{};
    bytes.fill(seed);
    return identity::secret_key::from_seed(bytes);
}

class recording_sink final : public ping_sink {
public:
    void on_ping_result(const ping_result& result, const transport::path_info& path) override {
        results.push_back(result);
        last_path = path;
        if (stop_at == result.sequence) client->stop();
    }
    void on_ping_done(const ping_summary& summary) override {
        done = summary;
        ++times_done;
        if (is_keeping) return;
        client.reset();
    }

    std::vector<ping_result> results;
    transport::path_info last_path;
    std::optional<ping_summary> done;
    unsigned times_done = 0;
    bool is_keeping = false;
    unsigned stop_at = 0;
    std::unique_ptr<ping_client> client;
};

/// Keeps what came back on a stream it writes to itself.
class echo_reader final : public transport::connection_handler, public transport::stream_handler {
public:
    void on_connected(transport::connection&) override { is_connected = true; }
    void on_stream(transport::connection&, std::shared_ptr<transport::stream>) override {}
    void on_datagram(transport::connection&, bytes_view data) override {
        datagram.assign(data.begin(), data.end());
    }
    void on_data(transport::stream& from, bytes_view data, bool fin) override {
        received.insert(received.end(), data.begin(), data.end());
        if (is_consuming) from.consume(data.size());
        is_ended = is_ended || fin;
    }
    void on_writable(transport::stream&) override { ++writable; }
    void on_closed(transport::stream&, transport::stream_end how, std::uint64_t) override {
        end = how;
    }
    using transport::connection_handler::on_closed;

    bool is_connected = false;
    bool is_consuming = true;
    bool is_ended = false;
    unsigned writable = 0;
    byte_buffer received;
    byte_buffer datagram;
    std::optional<transport::stream_end> end;
};

struct ping_fixture {
    net::shard shard;
    test::fake_network network{shard};
    test::fake_endpoint server{network, key_of(1), ip_endpoint::loopback_v4(1)};
    test::fake_endpoint dialler{network, key_of(2), ip_endpoint::loopback_v4(2)};
    recording_sink sink;
    ping_options options{3, 32, 1ms, 5s, true};

    ping_fixture() {
        server.router().add(std::string(ping_alpn), std::make_shared<ping_handler>());
    }
    void ping(const identity::endpoint_addr& to) {
        sink.client = std::make_unique<ping_client>(shard, dialler, sink, options);
        sink.client->start(to);
    }
    template <class Predicate>
    bool run_until(Predicate done) {
        return test::run_until(shard, done);
    }
};

struct echo_fixture : ping_fixture {
    std::shared_ptr<echo_reader> reader = std::make_shared<echo_reader>();
    std::shared_ptr<transport::connection> connection =
        dialler.connect(server.address(), ping_alpn, reader, {});

    echo_fixture() {
        REQUIRE(run_until([&] { return reader->is_connected; }));
    }
};

}  // namespace

TEST_CASE_METHOD(ping_fixture, "ping: a peer that takes no stream is a fault", "[ping]") {
    server.refuse_streams();
    ping(server.address());
    REQUIRE(run_until([&] { return sink.done.has_value(); }));
    REQUIRE(sink.done->fault);
    CHECK(sink.done->fault->code == "E_PING_STREAM");
    CHECK(sink.done->sent == 0);
}

TEST_CASE_METHOD(ping_fixture, "ping: what is done is not done again by stopping it", "[ping]") {
    sink.is_keeping = true;
    ping(server.address());
    REQUIRE(run_until([&] { return sink.done.has_value(); }));
    sink.client->stop();
    // One later ping takes many turns of the loop.
    recording_sink other;
    other.client = std::make_unique<ping_client>(shard, dialler, other, options);
    other.client->start(server.address());
    REQUIRE(run_until([&] { return other.done.has_value(); }));
    CHECK(sink.times_done == 1);
}

TEST_CASE_METHOD(ping_fixture, "ping: every one is answered and summed up", "[ping]") {
    ping(server.address());
    REQUIRE(run_until([&] { return sink.done.has_value(); }));
    CHECK_FALSE(sink.done->fault);
    CHECK(sink.done->sent == 3);
    CHECK(sink.done->received == 3);
    REQUIRE(sink.results.size() == 3);
    CHECK(sink.results.back().sequence == 3);
    CHECK(sink.done->rtt_min <= sink.done->rtt_mean);
    CHECK(sink.done->rtt_mean <= sink.done->rtt_max);
    CHECK(sink.done->rtt_max > duration(0));
    CHECK(sink.done->connect_time > duration(0));
    CHECK(sink.last_path.remote == server.bound().front());
    CHECK(run_until([&] { return dialler.measure().connections == 0; }));
    CHECK(run_until([&] { return server.measure().connections == 0; }));
}

TEST_CASE_METHOD(ping_fixture, "ping: nobody there is a failure for a person", "[ping]") {
    ping({server.id(), {}, {ip_endpoint::loopback_v4(77)}});
    REQUIRE(run_until([&] { return sink.done.has_value(); }));
    REQUIRE(sink.done->fault);
    CHECK(sink.done->fault->exit == exit_code::unreachable);
    CHECK(sink.done->sent == 0);
    CHECK(sink.results.empty());
}

TEST_CASE_METHOD(ping_fixture, "ping: a dial without an answer ends by the timeout", "[ping]") {
    options.timeout = 5ms;
    dialler.hold_dials();
    ping(server.address());
    REQUIRE(run_until([&] { return sink.done.has_value(); }));
    REQUIRE(sink.done->fault);
    CHECK(sink.done->fault->exit == exit_code::unreachable);
}

TEST_CASE_METHOD(ping_fixture, "ping: no reply in time is a lost ping, not the end", "[ping]") {
    options.timeout = 5ms;
    server.set_reading(false);
    ping(server.address());
    REQUIRE(run_until([&] { return sink.results.size() == 1; }));
    CHECK_FALSE(sink.results.front().rtt);
    server.set_reading(true);
    REQUIRE(run_until([&] { return sink.done.has_value(); }));
    CHECK_FALSE(sink.done->fault);
    CHECK(sink.done->sent == 3);
    CHECK(sink.done->received == 2);
}

TEST_CASE_METHOD(ping_fixture, "ping: a peer that goes away is a failure", "[ping]") {
    options.interval = 1h;
    ping(server.address());
    REQUIRE(run_until([&] { return sink.results.size() == 1; }));
    SECTION("in order") {
        server.close(7, "bye");
    }
    SECTION("without a word") {
        server.vanish();
        network.expire(transport::close_cause::idle_timeout);
    }
    REQUIRE(run_until([&] { return sink.done.has_value(); }));
    CHECK(sink.done->fault);
    CHECK(sink.done->received == 1);
}

TEST_CASE_METHOD(ping_fixture, "ping: stopped in the middle, it sums up what it has", "[ping]") {
    options.count = 100;
    sink.stop_at = 2;
    ping(server.address());
    REQUIRE(run_until([&] { return sink.done.has_value(); }));
    CHECK_FALSE(sink.done->fault);
    CHECK(sink.done->sent == 2);
    CHECK(run_until([&] { return server.measure().connections == 0; }));
}

TEST_CASE_METHOD(ping_fixture, "ping: destroyed in the middle, it says nothing more", "[ping]") {
    options.count = 100;
    ping(server.address());
    REQUIRE(run_until([&] { return sink.results.size() == 2; }));
    sink.client.reset();
    CHECK(run_until([&] { return server.measure().connections == 0; }));
    CHECK(sink.results.size() == 2);
    CHECK_FALSE(sink.done);
}

TEST_CASE_METHOD(echo_fixture, "ping: a stream comes back whole, and ends", "[ping]") {
    byte_buffer sent(200'000);
    for (std::size_t i = 0; i < sent.size(); ++i)
        sent[i] = static_cast<std::uint8_t>(i * i);
    const auto stream = connection->open_bidi(reader);
    REQUIRE(stream->write(sent, true) == sent.size());
    REQUIRE(run_until([&] { return reader->is_ended; }));
    CHECK(reader->received == sent);
    REQUIRE(run_until([&] { return reader->end.has_value(); }));
    CHECK(*reader->end == transport::stream_end::finished);
    CHECK(server.measure().streams == 0);
}

TEST_CASE_METHOD(echo_fixture, "ping: who does not take the echo cannot send more", "[ping]") {
    server.set_window(1000);
    dialler.set_window(100);
    reader->is_consuming = false;
    const auto stream = connection->open_bidi(reader);
    REQUIRE(stream->write(byte_buffer(1000, 1)) == 1000);
    REQUIRE(run_until([&] { return reader->received.size() == 100; }));
    REQUIRE(stream->write(byte_buffer(1000, 2)) == 100);  // as much as was echoed
    reader->is_consuming = true;
    stream->consume(100);
    REQUIRE(run_until([&] { return reader->received.size() == 1100; }));
    CHECK(reader->writable > 0);
    CHECK(reader->received.back() == 2);
}

TEST_CASE_METHOD(
    echo_fixture,
    "ping: datagrams come back, one-way streams are read and dropped",
    "[ping]"
) {
    REQUIRE(connection->send_datagram(byte_buffer{1, 2, 3}));
    REQUIRE(run_until([&] { return reader->datagram == byte_buffer{1, 2, 3}; }));
    server.set_window(100);
    const auto stream = connection->open_uni(reader);
    for (int i = 0; i < 10; ++i) {
        const unsigned before = reader->writable;
        REQUIRE(stream->write(byte_buffer(200, 1)) == 100);
        REQUIRE(run_until([&] { return reader->writable > before; }));
    }
    CHECK(stream->write({}, true) == 0);
    CHECK(run_until([&] { return server.measure().streams == 0; }));
    CHECK(reader->received.empty());
}

TEST_CASE("ping: an echo does no harm twice", "[ping]") {
    CHECK(ping_handler().is_replay_safe());
}
