// SPDX-License-Identifier: Apache-2.0
// Peers that fall silent, and ports that nobody listens at any more, over real sockets.
#include "echo_peers.hpp"
#include "net/udp_socket.hpp"

using namespace meshhost;
using namespace meshhost::test;
using transport::close_cause;

namespace {

constexpr transport::liveness_terms quick{.ping_every = 50ms, .answer_within = 200ms};

/// As kill -9: its socket closes, and nobody is told.
void kill(std::unique_ptr<transport::endpoint>& endpoint) {
    REQUIRE(endpoint->set_faults({.loss = 1}));
    endpoint.reset();
}

}  // namespace

TEST_CASE("transport: a watched peer that falls silent is unresponsive", "[transport]") {
    echo_pair pair;
    const auto connection = pair.dial();
    REQUIRE(pair.run_until([&] { return pair.client->connected; }));
    connection->watch_liveness(quick);
    REQUIRE(pair.server->set_faults({.loss = 1}));
    REQUIRE(pair.run_until([&] { return pair.client->closed.has_value(); }));
    CHECK(pair.client->closed->cause == close_cause::unresponsive);
    const failure told = transport::explain(*pair.client->closed, pair.server->id());
    CHECK(told.code == "E_IDLE");
}

TEST_CASE("transport: a watched peer that answers is kept, without keep-alives", "[transport]") {
    auto options = echo_pair::default_options();
    options.idle_timeout = 400ms;
    options.keep_alive = 0s;
    echo_pair pair(std::move(options));
    const auto connection = pair.dial();
    REQUIRE(pair.run_until([&] { return pair.client->connected; }));
    connection->watch_liveness(quick);
    const auto received = [&] { return pair.server->measure().datagrams_received; };
    const auto before = received();
    REQUIRE(pair.run_until([&] { return received() > before + 20; }));
    CHECK(connection->is_connected());
}

TEST_CASE("transport: a probe finds out about a peer that nobody watches", "[transport]") {
    echo_pair pair;
    const auto connection = pair.dial();
    REQUIRE(pair.run_until([&] { return pair.client->connected; }));
    const auto received = [&] { return pair.dialler->measure().datagrams_received; };
    const auto before = received();
    connection->probe_now();
    REQUIRE(pair.run_until([&] { return received() > before; }));
    CHECK(connection->is_connected());
    REQUIRE(pair.server->set_faults({.loss = 1}));
    connection->probe_now();
    REQUIRE(pair.run_until([&] { return pair.client->closed.has_value(); }));
    CHECK(pair.client->closed->cause == close_cause::unresponsive);
}

TEST_CASE("transport: a killed peer's port is closed, as its host says", "[transport]") {
    echo_pair pair;
    const auto connection = pair.dial();
    REQUIRE(pair.run_until([&] { return pair.client->connected; }));
    connection->watch_liveness({.ping_every = 10s, .answer_within = 5s});
    kill(pair.server);
    SECTION("when somebody asks") {
        connection->probe_now();
    }
    SECTION("when something is sent") {
        REQUIRE(connection->open_uni(nullptr)->write(pattern(10)) == 10);
    }
    REQUIRE(pair.run_until([&] { return pair.client->closed.has_value(); }));
    CHECK(pair.client->closed->cause == close_cause::port_closed);
    CHECK(is_positive(pair.client->closed->cause));
    const failure told = transport::explain(*pair.client->closed, connection->remote_id());
    CHECK(told.code == "E_UNREACHABLE");
}

TEST_CASE("transport: a dial to a closed port fails when every address refuses", "[transport]") {
    echo_pair pair;
    const auto to = pair.server->address();
    const auto silent = net::udp_socket::bind(ip_endpoint::loopback_v4(0)).value();
    kill(pair.server);
    SECTION("one address") {
        pair.dialler->connect(to, echo_alpn, pair.client);
        REQUIRE(pair.run_until([&] { return pair.client->closed.has_value(); }));
        CHECK(pair.client->closed->cause == close_cause::port_closed);
        CHECK(pair.client->closed->reason == to.direct.front().to_string());
    }
    SECTION("another one is only silent") {
        auto also = to;
        also.direct.push_back(silent.local());
        const auto connection = pair.dialler->connect(also, echo_alpn, pair.client);
        pair.dialler->connect(to, echo_alpn, std::make_shared<echo_client>());
        const auto closed = [&] {
            const auto cause = static_cast<std::size_t>(close_cause::port_closed);
            return pair.dialler->measure().closed_by_cause[cause];
        };
        REQUIRE(pair.run_until([&] { return closed() == 1; }));
        CHECK_FALSE(pair.client->closed.has_value());
        connection->close(0, "");
    }
}

TEST_CASE("transport: a port that is closed says nothing of another one", "[transport]") {
    echo_pair pair;
    const auto connection = pair.dial();
    REQUIRE(pair.run_until([&] { return pair.client->connected; }));
    auto gone = transport::endpoint::bind(pair.shard, echo_pair::default_options()).value();
    const auto nowhere = gone->address();
    gone.reset();
    const auto failed = std::make_shared<echo_client>();
    pair.dialler->connect(nowhere, echo_alpn, failed);
    REQUIRE(pair.run_until([&] { return failed->closed.has_value(); }));
    CHECK(failed->closed->cause == close_cause::port_closed);
    CHECK(connection->is_connected());
}
