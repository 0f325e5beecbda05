// SPDX-License-Identifier: Apache-2.0
// Connections that move from one way to a peer to another.
#include "echo_peers.hpp"

using namespace meshhost;
using namespace meshhost::test;

namespace {

ip_endpoint loopback(std::uint8_t last) {
    return ip_endpoint::v4({127, 0, 0, last}, 0);
}

struct moves final : transport::reach_sink {
    void on_stray(const ip_endpoint& from, bytes_view datagram) override {
        strays.emplace_back(from, byte_buffer(datagram.begin(), datagram.end()));
    }
    void on_relays_changed() override {}
    void on_network_changed() override {}
    void on_relayed(const identity::endpoint_id&, const std::string&, bool) override {}
    void on_moved(const identity::endpoint_id&, const ip_endpoint& to, bool works) override {
        moved.emplace_back(to, works);
    }
    std::string reason_of(const identity::endpoint_id&, transport::path_kind) const override {
        return "";
    }
    std::optional<ip_endpoint> direct_of(const identity::endpoint_id&) const override {
        return std::nullopt;
    }

    std::vector<std::pair<ip_endpoint, byte_buffer>> strays;
    std::vector<std::pair<ip_endpoint, bool>> moved;
};

transport::endpoint_options on_two_addresses() {
    auto options = echo_pair::default_options();
    options.bind = {loopback(1), loopback(2)};
    return options;
}

struct moving_pair : echo_pair {
    moving_pair()
        : echo_pair(on_two_addresses()) {
        dialler->set_reach_sink(&at_client);
        server->set_reach_sink(&at_server);
        client->auto_send = false;
        connection =
            dialler->connect({server->id(), {}, {server->bound().front()}}, echo_alpn, client);
        REQUIRE(run_until([&] { return dialler->measure().session_tickets == 1; }));
    }
    ~moving_pair() {
        dialler->set_reach_sink(nullptr);
        server->set_reach_sink(nullptr);
    }

    moves at_client;
    moves at_server;
    std::shared_ptr<transport::connection> connection;
};

}  // namespace

TEST_CASE_METHOD(
    moving_pair,
    "transport: a connection moves to an address that answers, and is there for good",
    "[transport]"
) {
    const ip_endpoint to = server->bound().back();
    REQUIRE(connection->path().remote == server->bound().front());
    CHECK(dialler->move_to_address(server->id(), to).moving == 1);
    REQUIRE(run_until([&] { return !at_client.moved.empty(); }));
    CHECK(at_client.moved == std::vector<std::pair<ip_endpoint, bool>>{{to, true}});
    CHECK(connection->path().remote == to);
    client->to_send = pattern(1'000'000);
    client->send(*connection);
    REQUIRE(run_until([&] { return client->fin_received || client->closed; }));
    CHECK(client->received == client->to_send);
    CHECK(connection->path().remote == to);
    for (const auto& way : dialler->ways())
        CHECK(way.probes_unanswered < 2);
}

TEST_CASE_METHOD(
    moving_pair,
    "transport: a connection stays where it is when the other address does not answer",
    "[transport]"
) {
    const auto nobody = ip_endpoint::v4({127, 0, 0, 3}, server->bound().front().port);
    CHECK(dialler->move_to_address(server->id(), nobody).moving == 1);
    client->to_send = pattern(100'000);
    client->send(*connection);
    REQUIRE(run_until([&] { return client->fin_received; }));
    REQUIRE(run_until([&] { return !at_client.moved.empty(); }));
    CHECK(at_client.moved == std::vector<std::pair<ip_endpoint, bool>>{{nobody, false}});
    CHECK(connection->path().remote == server->bound().front());
}

TEST_CASE_METHOD(
    moving_pair,
    "transport: a transfer goes on while its connection moves there and back",
    "[transport]"
) {
    client->to_send = pattern(8'000'000);
    client->send(*connection);
    REQUIRE(run_until([&] { return client->received.size() > 4'000'000; }));
    for (const ip_endpoint& to : {server->bound().back(), server->bound().front()}) {
        at_client.moved.clear();
        REQUIRE(dialler->move_to_address(server->id(), to).moving == 1);
        REQUIRE(run_until([&] { return !at_client.moved.empty(); }));
    }
    REQUIRE(run_until([&] { return client->fin_received || client->closed; }));
    CHECK(client->received == client->to_send);
}

TEST_CASE_METHOD(
    moving_pair,
    "transport: what is not QUIC's goes to who looks after paths",
    "[transport]"
) {
    const byte_buffer probe{0x10, 1, 2, 3};
    dialler->send_stray(server->bound().front(), probe);
    REQUIRE(run_until([&] { return !at_server.strays.empty(); }));
    CHECK(at_server.strays.front().second == probe);
    CHECK(at_server.strays.front().first.port == dialler->bound().front().port);
}
