// SPDX-License-Identifier: Apache-2.0
#include "echo_peers.hpp"
#include "net/udp_socket.hpp"

#include <array>

using namespace meshhost;
using namespace meshhost::test;
using transport::close_cause;

TEST_CASE("transport: stream bytes come back whole and both ends know the other", "[transport]") {
    echo_pair pair;
    pair.client->to_send = pattern(3'000'000);
    const auto connection = pair.dial();
    REQUIRE(pair.run_until([&] { return pair.client->fin_received; }));
    REQUIRE(pair.client->received == pair.client->to_send);
    REQUIRE(connection->remote_id() == pair.server->id());
    REQUIRE(pair.protocol->peers == std::vector{pair.dialler->id()});
    const auto path = connection->path();
    REQUIRE(path.kind == transport::path_kind::direct);
    REQUIRE(path.reason == "same_host");
    REQUIRE(path.remote == pair.server->bound().front());
    REQUIRE(path.rtt > duration{});
}

TEST_CASE("transport: who asks is told once when what is held has become little", "[transport]") {
    test::echo_pair pair;
    pair.client->auto_send = false;
    const auto connection = pair.dial();
    REQUIRE(pair.run_until([&] { return pair.client->connected; }));
    CHECK(connection->send_bytes() == 0);
    pair.client->to_send = test::pattern(400'000);
    pair.client->send(*connection);
    CHECK(connection->send_bytes() == 400'000);
    connection->notify_send_low(50'000);
    REQUIRE(pair.run_until([&] { return pair.client->send_lows == 1; }));
    CHECK(connection->send_bytes() <= 50'000);
    REQUIRE(pair.run_until([&] { return pair.client->fin_received; }));
    CHECK(pair.client->send_lows == 1);
}

TEST_CASE("transport: whoever may open no more streams is told when it may", "[transport]") {
    struct quiet_stream final : transport::stream_handler {
        void on_data(transport::stream&, bytes_view, bool) override {}
    };
    test::echo_pair pair;
    pair.client->auto_send = false;
    const auto connection = pair.dial();
    REQUIRE(pair.run_until([&] { return pair.client->connected; }));
    const auto handler = std::make_shared<quiet_stream>();
    std::vector<std::shared_ptr<transport::stream>> streams;
    while (auto opened = connection->open_uni(handler))
        streams.push_back(std::move(opened));
    CHECK(streams.size() == 100);
    const std::size_t before = pair.client->grants;
    streams.front()->write({}, true);
    REQUIRE(pair.run_until([&] { return pair.client->grants > before; }));
    CHECK(connection->open_uni(handler) != nullptr);
    CHECK(connection->open_uni(handler) == nullptr);
}

TEST_CASE("transport: DATAGRAM frames are echoed, one too large is refused", "[transport]") {
    echo_pair pair;
    const auto connection = pair.dial();
    REQUIRE(pair.run_until([&] { return pair.client->connected; }));
    REQUIRE(connection->send_datagram(as_bytes("over and out")));
    const byte_buffer large(connection->datagram_size_max() + 1);
    REQUIRE_FALSE(connection->send_datagram(large));
    REQUIRE(pair.run_until([&] { return !pair.client->datagrams.empty(); }));
    REQUIRE(pair.client->datagrams == std::vector<std::string>{"over and out"});
}

TEST_CASE("transport: the peer hears the code and reason of a close", "[transport]") {
    echo_pair pair;
    const auto connection = pair.dial();
    REQUIRE(pair.run_until([&] { return !pair.protocol->connections.empty(); }));
    connection->close(77, "done\nhere");
    REQUIRE(pair.run_until([&] { return !pair.protocol->ends.empty() && pair.client->closed; }));
    REQUIRE(pair.protocol->ends[0].cause == close_cause::closed_by_peer);
    REQUIRE(pair.protocol->ends[0].code == 77);
    REQUIRE(pair.protocol->ends[0].reason == "done?here");
    REQUIRE(pair.client->closed->cause == close_cause::closed_locally);
    REQUIRE(connection->is_closed());
    REQUIRE(connection->open_bidi(nullptr) == nullptr);
}

TEST_CASE("transport: another key at the only address is told, with the address", "[transport]") {
    echo_pair pair;
    auto wrong = pair.server->address();
    wrong.id = identity::secret_key::generate().id();
    pair.dialler->connect(wrong, echo_alpn, pair.client);
    REQUIRE(pair.run_until([&] { return pair.client->closed.has_value(); }));
    REQUIRE(pair.client->closed->cause == close_cause::identity_mismatch);
    const failure told = transport::explain(*pair.client->closed, wrong.id);
    REQUIRE(told.code == "E_WRONG_KEY");
    REQUIRE(told.message.find(wrong.direct[0].to_string()) != std::string::npos);
    REQUIRE(told.message.find(pair.server->id().to_hex()) != std::string::npos);
}

TEST_CASE(
    "transport: a stranger at one of the addresses does not keep us from the peer",
    "[transport]"
) {
    echo_pair pair;
    echo_pair stranger;
    auto to = pair.server->address();
    to.direct.insert(to.direct.begin(), stranger.server->bound().front());
    pair.client->to_send = pattern(1000);
    pair.dialler->connect(to, echo_alpn, pair.client);
    REQUIRE(test::run_until_both(pair.shard, stranger.shard, [&] {
        return pair.client->fin_received;
    }));
    REQUIRE(pair.client->received == pair.client->to_send);
}

TEST_CASE("transport: all addresses are dialled at once and make one connection", "[transport]") {
    auto options = echo_pair::default_options();
    options.bind = {ip_endpoint::any_v4(0)};
    echo_pair pair(std::move(options));
    const std::uint16_t port = pair.server->bound().front().port;
    identity::endpoint_addr to{.id = pair.server->id()};
    for (std::uint8_t last = 1; last <= 4; ++last) {
        to.direct.push_back(ip_endpoint::v4({127, 0, 0, last}, port));
    }
    to.direct.insert(to.direct.begin(), ip_endpoint::v4({127, 0, 0, 9}, 9));  // nobody there
    pair.client->to_send = pattern(100'000);
    pair.dialler->connect(to, echo_alpn, pair.client);
    REQUIRE(pair.run_until([&] { return pair.client->fin_received; }));
    REQUIRE(pair.protocol->connections.size() == 1);
    REQUIRE(pair.server->measure().opened == 1);
    REQUIRE(pair.client->received == pair.client->to_send);
}

TEST_CASE(
    "transport: a wildcard endpoint answers from the address it was asked at",
    "[transport]"
) {
    auto options = echo_pair::default_options();
    options.bind = {ip_endpoint::any_v4(0)};
    echo_pair pair(std::move(options));
    const std::uint16_t port = pair.server->bound().front().port;
    // Side by side, so that neither may depend on where the other was heard last.
    std::vector<std::shared_ptr<echo_client>> clients;
    for (const std::uint8_t last : std::array<std::uint8_t, 3>{2, 3, 2}) {
        const auto asked = ip_endpoint::v4({127, 0, 0, last}, port);
        clients.push_back(std::make_shared<echo_client>());
        clients.back()->to_send = pattern(200'000);
        const auto connection = pair.dialler->connect(
            {.id = pair.server->id(), .direct = {asked}},
            echo_alpn,
            clients.back()
        );
        REQUIRE(pair.run_until([&] { return clients.back()->connected; }));
        CHECK(connection->path().remote == asked);
    }
    for (const auto& client : clients) {
        REQUIRE(pair.run_until([&] { return client->fin_received; }));
        CHECK(client->received == client->to_send);
    }
    CHECK(pair.server->measure().paths == 2);
}

TEST_CASE("transport: an ALPN that nobody serves is told as such", "[transport]") {
    echo_pair pair;
    pair.dialler->connect(pair.server->address(), "test/other/1", pair.client);
    REQUIRE(pair.run_until([&] { return pair.client->closed.has_value(); }));
    REQUIRE(pair.client->closed->cause == close_cause::alpn_mismatch);
    REQUIRE(pair.client->closed->code == 0x178);
}

TEST_CASE("transport: an address where nobody answers ends the dial in time", "[transport]") {
    auto options = echo_pair::default_options();
    options.handshake_timeout = 200ms;
    net::shard shard;
    const auto endpoint = transport::endpoint::bind(shard, std::move(options)).value();
    const auto client = std::make_shared<echo_client>();
    const auto silent = net::udp_socket::bind(ip_endpoint::loopback_v4(0)).value();
    identity::endpoint_addr const to{
        .id = identity::secret_key::generate().id(),
        .direct = {silent.local()}};
    endpoint->connect(to, echo_alpn, client);
    REQUIRE(run_until(shard, [&] { return client->closed.has_value(); }));
    REQUIRE(client->closed->cause == close_cause::handshake_timeout);
    const failure told = transport::explain(*client->closed, to.id);
    REQUIRE(told.exit == exit_code::unreachable);
    REQUIRE(told.message.find(silent.local().to_string()) != std::string::npos);
}

TEST_CASE(
    "transport: dialling without an address, or oneself, fails but not at once",
    "[transport]"
) {
    echo_pair pair;
    auto to = GENERATE(true, false) ? identity::endpoint_addr{.id = pair.server->id()}
                                    : pair.dialler->address();
    pair.dialler->connect(to, echo_alpn, pair.client);
    REQUIRE_FALSE(pair.client->closed);
    REQUIRE(pair.run_until([&] { return pair.client->closed.has_value(); }));
    REQUIRE(pair.client->closed->cause == close_cause::no_address);
}

TEST_CASE("transport: IPv6 works as IPv4 does", "[transport]") {
    auto options = echo_pair::default_options();
    options.bind.clear();
    echo_pair pair(std::move(options));
    const auto bound = pair.server->bound();
    REQUIRE(bound.size() == 2);
    ip_endpoint loopback = ip_endpoint::any_v6(bound[1].port);
    loopback.address[15] = 1;
    auto dialler_options = echo_pair::default_options();
    dialler_options.bind.clear();
    const auto dialler = transport::endpoint::bind(pair.shard, std::move(dialler_options)).value();
    pair.client->to_send = pattern(10'000);
    const auto connection =
        dialler->connect({.id = pair.server->id(), .direct = {loopback}}, echo_alpn, pair.client);
    REQUIRE(pair.run_until([&] { return pair.client->fin_received; }));
    REQUIRE(connection->path().remote == loopback);
    REQUIRE(pair.client->received == pair.client->to_send);
}
