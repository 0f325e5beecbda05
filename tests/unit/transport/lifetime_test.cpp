// SPDX-License-Identifier: Apache-2.0
// What outlives what: resumption, migration, timeouts, and tables that return to where they were.
#include "echo_peers.hpp"

#include <filesystem>

using namespace meshhost;
using namespace meshhost::test;
using transport::close_cause;

namespace {

std::size_t open_descriptors() {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        (void)entry;
        ++count;
    }
    return count;
}

/// One connection made, used and closed by the client; the server's end awaited.
void cycle(echo_pair& pair, bool abrupt) {
    pair.client = std::make_shared<echo_client>();
    pair.client->to_send = pattern(100);
    const auto connection = pair.dial();
    const std::size_t ends = pair.protocol->ends.size();
    REQUIRE(pair.run_until([&] {
        return abrupt ? pair.client->connected : pair.client->fin_received;
    }));
    connection->close(0, "");
    REQUIRE(pair.run_until([&] { return pair.protocol->ends.size() > ends; }));
    pair.protocol->connections.clear();
}

bool at_rest(const transport::probe& probe) {
    return probe.connections == 0 && probe.half_open == 0 && probe.streams == 0 && probe.timers == 0
           && probe.connection_ids == 0 && probe.paths == 0 && probe.tls_sessions == 0
           && probe.send_bytes == 0;
}

}  // namespace

TEST_CASE("transport: after 2,000 connections all tables are back where they were", "[transport]") {
    echo_pair pair;
    cycle(pair, false);
    const std::size_t descriptors = open_descriptors();
    for (int i = 1; i < 2000; ++i)
        cycle(pair, i % 4 == 0);
    REQUIRE(pair.run_until([&] {
        return at_rest(pair.server->measure()) && at_rest(pair.dialler->measure());
    }));
    REQUIRE(open_descriptors() == descriptors);
    const auto probe = pair.server->measure();
    REQUIRE(probe.opened == 2000);
    REQUIRE(probe.closed == 2000);
    REQUIRE(probe.closed_by_cause[static_cast<std::size_t>(close_cause::closed_by_peer)] == 2000);
}

TEST_CASE("transport: a resumed connection sends before the handshake is done", "[transport]") {
    echo_pair pair;
    pair.protocol = std::make_shared<echo_protocol>(true);
    pair.server->router().remove(echo_alpn);
    pair.server->router().add(echo_alpn, pair.protocol);
    pair.client->to_send = pattern(100);
    pair.dial();
    REQUIRE(pair.run_until([&] { return pair.dialler->measure().session_tickets == 1; }));

    pair.client = std::make_shared<echo_client>();
    pair.client->to_send = pattern(500);
    const auto connection = pair.dial({.early_data = true});
    pair.client->send(*connection);
    REQUIRE_FALSE(pair.client->connected);
    REQUIRE(pair.run_until([&] { return pair.client->fin_received; }));
    REQUIRE(pair.client->received == pair.client->to_send);
    connection->close(0, "");
    REQUIRE(pair.run_until([&] { return pair.server->measure().early_data_accepted == 1; }));
    REQUIRE(pair.protocol->peers == std::vector{pair.dialler->id(), pair.dialler->id()});
}

TEST_CASE(
    "transport: early data that a restarted server rejects arrives all the same, once",
    "[transport]"
) {
    auto options = echo_pair::default_options();
    const identity::secret_key key = options.key;
    echo_pair pair(std::move(options));
    pair.client->to_send = pattern(100);
    pair.dial()->set_handler(pair.client);
    REQUIRE(pair.run_until([&] { return pair.dialler->measure().session_tickets == 1; }));

    transport::endpoint_options again{.key = key, .bind = pair.server->bound()};
    pair.server.reset();
    pair.server = transport::endpoint::bind(pair.shard, std::move(again)).value();
    pair.server->router().add(echo_alpn, pair.protocol);

    pair.client = std::make_shared<echo_client>();
    pair.client->to_send = pattern(50'000);
    const auto connection = pair.dial({.early_data = true});
    pair.client->send(*connection);
    REQUIRE(pair.run_until([&] { return pair.client->fin_received; }));
    REQUIRE(pair.client->received == pair.client->to_send);
}

TEST_CASE(
    "transport: fresh sockets migrate a connection in the middle of a stream",
    "[transport]"
) {
    echo_pair pair;
    pair.client->to_send = pattern(8'000'000);
    pair.dial();
    REQUIRE(pair.run_until([&] { return pair.client->received.size() > 1'000'000; }));
    const auto before = pair.dialler->bound().front();
    REQUIRE(pair.dialler->rebind().has_value());
    REQUIRE(pair.dialler->bound().front() != before);
    REQUIRE(pair.run_until([&] { return pair.client->fin_received; }));
    REQUIRE(pair.client->received == pair.client->to_send);
    REQUIRE(pair.protocol->connections.size() == 1);
    REQUIRE(pair.protocol->connections[0]->path().remote == pair.dialler->bound().front());
}

TEST_CASE("transport: a peer that vanishes is noticed within the idle timeout", "[transport]") {
    auto options = echo_pair::default_options();
    options.idle_timeout = 500ms;
    options.keep_alive = 100ms;
    echo_pair pair(std::move(options));
    // The vanishing peer lives on a shard of its own that stops turning, as after kill -9.
    net::shard frozen;
    auto vanishing = transport::endpoint::bind(frozen, echo_pair::default_options()).value();
    vanishing->connect(pair.server->address(), echo_alpn, pair.client);
    REQUIRE(run_until_both(pair.shard, frozen, [&] { return pair.client->connected; }));
    REQUIRE(pair.run_until([&] { return !pair.protocol->ends.empty(); }));
    REQUIRE(pair.protocol->ends[0].cause == close_cause::idle_timeout);
}

TEST_CASE("transport: a restarted host resets what its former life left behind", "[transport]") {
    // The former life is another process's: it gets no chance to say goodbye.
    auto options = echo_pair::default_options();
    const identity::secret_key key = options.key;
    echo_pair pair;
    net::shard former_shard;
    auto former = transport::endpoint::bind(former_shard, std::move(options)).value();
    former->router().add(echo_alpn, std::make_shared<echo_protocol>());
    const auto to = former->address();
    const auto connection = pair.dialler->connect(to, echo_alpn, pair.client);
    REQUIRE(run_until_both(pair.shard, former_shard, [&] { return pair.client->connected; }));
    // Its sockets leave the port without a word; the endpoint itself stays frozen.
    REQUIRE(former->rebind().has_value());

    const auto later =
        transport::endpoint::bind(pair.shard, {.key = key, .bind = to.direct}).value();
    connection->send_datagram(as_bytes("anybody there?"));
    REQUIRE(pair.run_until([&] { return later->measure().resets_sent > 0; }));
    REQUIRE(pair.run_until([&] { return pair.client->closed.has_value(); }));
    REQUIRE(pair.client->closed->cause == close_cause::stateless_reset);
}

TEST_CASE("transport: one peer gets no more connections than its share", "[transport]") {
    auto options = echo_pair::default_options();
    options.connections_per_peer_max = 3;
    echo_pair pair(std::move(options));
    std::vector<std::shared_ptr<echo_client>> clients;
    for (int i = 0; i < 4; ++i) {
        clients.push_back(std::make_shared<echo_client>());
        pair.dialler->connect(pair.server->address(), echo_alpn, clients.back());
        REQUIRE(pair.run_until([&] { return clients.back()->connected; }));
    }
    REQUIRE(pair.run_until([&] { return clients.back()->closed.has_value(); }));
    REQUIRE(clients.back()->closed->cause == close_cause::refused);
    REQUIRE(pair.protocol->connections.size() == 3);
}

TEST_CASE("transport: a handle kept without a handler is closed", "[transport]") {
    class keeper final : public transport::protocol_handler {
    public:
        void on_connection(std::shared_ptr<transport::connection> incoming) override {
            kept = std::move(incoming);
        }
        std::shared_ptr<transport::connection> kept;
    };
    echo_pair pair;
    const auto protocol = std::make_shared<keeper>();
    pair.server->router().add("test/keeper/1", protocol);
    pair.dialler->connect(pair.server->address(), "test/keeper/1", pair.client);
    REQUIRE(pair.run_until([&] { return pair.client->closed.has_value(); }));
    REQUIRE(pair.client->closed->cause == close_cause::refused);
    REQUIRE(pair.run_until([&] { return pair.server->measure().closed == 1; }));
    REQUIRE(protocol->kept->is_closed());
    REQUIRE(protocol->kept->open_bidi(nullptr) == nullptr);
    protocol->kept->close(0, "");
}

TEST_CASE("transport: an endpoint that goes says so to whoever still dials", "[transport]") {
    echo_pair pair;
    const auto to_nowhere = std::make_shared<echo_client>();
    pair.dial();
    pair.dialler->connect({.id = pair.server->id()}, echo_alpn, to_nowhere);
    pair.dialler.reset();
    REQUIRE(pair.client->closed->cause == close_cause::closed_locally);
    REQUIRE(to_nowhere->closed->cause == close_cause::endpoint_closed);
}
