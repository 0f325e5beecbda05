// SPDX-License-Identifier: Apache-2.0
// Clients and a relay over TCP on one loop.
#include "relay_fixture.hpp"

using namespace meshhost;
using relay::down_reason;
using relay::relay_status;
using test::lone_client;
using test::lone_relay;
using test::run_until;

TEST_CASE("relay client: two find each other through a relay", "[relay][client]") {
    net::shard shard;
    lone_relay relay(shard);
    const auto url = relay.listen();
    lone_client one(shard, 1, url);
    lone_client two(shard, 2, url);
    CHECK(one.sink.statuses.empty());  // nothing from inside start()
    REQUIRE(run_until(shard, [&] { return one.is_up() && two.is_up(); }));
    CHECK(one.sink.statuses == std::vector{relay_status::connecting, relay_status::up});

    CHECK(one.send(two, "hello", 2));
    REQUIRE(run_until(shard, [&] { return two.sink.turns == 1; }));
    CHECK(two.sink.texts == std::vector<std::string>{"hello"});
    CHECK(two.sink.from == std::vector{one.key.id()});
    CHECK(two.sink.marks == std::vector<std::uint8_t>{2});
    CHECK(two.sink.segments == std::vector<std::size_t>{5});
    CHECK(one.client->stats().datagrams_sent == 1);
    REQUIRE(run_until(shard, [&] { return one.client->latency().has_value(); }));
    CHECK(one.client->stats().challenges == 1);
}

TEST_CASE(
    "relay client: trains keep their segments, and answers go out at once",
    "[relay][client]"
) {
    net::shard shard;
    lone_relay relay(shard);
    const auto url = relay.listen();
    lone_client one(shard, 1, url);
    lone_client two(shard, 2, url);
    REQUIRE(run_until(shard, [&] { return one.is_up() && two.is_up(); }));
    two.sink.at_turn_end = [&] { two.send(one, "echo"); };
    const std::string train(100'000, 'x');  // more than one frame holds
    one.client->send({two.key.id(), as_bytes(train), 1200, 0});
    REQUIRE(run_until(shard, [&] { return two.sink.bytes == train.size(); }));
    for (const auto segment : two.sink.segments)
        CHECK(segment == 1200);
    REQUIRE(run_until(shard, [&] { return !one.sink.texts.empty(); }));
    CHECK(one.sink.texts.front() == "echo");
}

TEST_CASE("relay client: what is sent before it is up waits for it", "[relay][client]") {
    net::shard shard;
    lone_relay relay(shard);
    const auto url = relay.listen();
    lone_client two(shard, 2, url);
    REQUIRE(run_until(shard, [&] { return two.is_up(); }));
    lone_client one(shard, 1, url);
    one.send(two, "early");
    REQUIRE(run_until(shard, [&] { return !two.sink.texts.empty(); }));
    CHECK(two.sink.texts.front() == "early");
}

TEST_CASE("relay client: a peer that leaves is said to be gone", "[relay][client]") {
    net::shard shard;
    lone_relay relay(shard);
    const auto url = relay.listen();
    lone_client one(shard, 1, url);
    auto two = std::make_unique<lone_client>(shard, 2, url);
    REQUIRE(run_until(shard, [&] { return one.is_up() && two->is_up(); }));
    two->send(one, "hello");
    REQUIRE(run_until(shard, [&] { return !one.sink.texts.empty(); }));
    const auto id = two->key.id();
    two.reset();
    REQUIRE(run_until(shard, [&] { return !one.sink.gone.empty(); }));
    CHECK(one.sink.gone.front() == id);
}

TEST_CASE("relay client: it comes back when its relay does", "[relay][client]") {
    net::shard shard;
    auto relay = std::make_unique<lone_relay>(shard);
    const auto url = relay->listen();
    const auto port = relay->port;
    lone_client one(shard, 1, url);
    REQUIRE(run_until(shard, [&] { return one.is_up(); }));
    relay.reset();
    REQUIRE(run_until(shard, [&] { return one.sink.was(relay_status::down); }));
    CHECK(one.client->reason() != down_reason::none);
    relay = std::make_unique<lone_relay>(shard);
    REQUIRE(relay->server.listen(ip_endpoint::loopback_v4(port), nullptr));
    REQUIRE(run_until(shard, [&] { return one.is_up(); }));
    CHECK(one.client->stats().connects == 2);
}

TEST_CASE("relay client: one that is not served is told why", "[relay][client]") {
    net::shard shard;
    relayd::relay_server_options options;
    options.relay.access = {relay::proto::access_mode::token, {}, {"secret"}};
    lone_relay relay(shard, std::move(options));
    const auto url = relay.listen();
    lone_client stranger(shard, 1, url);
    lone_client friendly(shard, 2, url, "secret");
    REQUIRE(run_until(shard, [&] { return friendly.is_up(); }));
    REQUIRE(run_until(shard, [&] { return stranger.sink.was(relay_status::down); }));
    CHECK(stranger.sink.reasons.back() == down_reason::denied);
}

TEST_CASE("relay client: nobody there, and no relay there", "[relay][client]") {
    net::shard shard;
    std::string nobody;
    {
        lone_relay gone(shard);
        nobody = gone.listen();
    }
    lone_client one(shard, 1, nobody);
    REQUIRE(run_until(shard, [&] { return one.sink.was(relay_status::down); }));
    CHECK(one.client->reason() == down_reason::unreachable);

    lone_client two(shard, 2, "http://no-such-name.invalid/");
    REQUIRE(run_until(shard, [&] { return two.sink.was(relay_status::down); }));
    CHECK(two.client->reason() == down_reason::no_such_name);
}

TEST_CASE("relay client: stopped by its user, even from inside a call", "[relay][client]") {
    net::shard shard;
    lone_relay relay(shard);
    const auto url = relay.listen();
    lone_client one(shard, 1, url);
    lone_client two(shard, 2, url);
    REQUIRE(run_until(shard, [&] { return one.is_up() && two.is_up(); }));
    two.sink.on_data = [&] { two.client->stop(); };
    one.send(two, "stop");
    REQUIRE(run_until(shard, [&] { return two.sink.was(relay_status::stopped); }));
    CHECK(two.client->status() == relay_status::stopped);
    one.sink.at_status = [&] { one.client.reset(); };
    one.client->stop();
    REQUIRE(run_until(shard, [&] { return one.client == nullptr; }));
    REQUIRE(run_until(shard, [&] { return relay.server.connections() == 0; }));
}

TEST_CASE("relay client: URLs that are none", "[relay][client]") {
    net::shard shard;
    test::recording_sink sink;
    const auto key = test::key_of(1);
    for (const auto* url : {"", "relay.example.org", "ftp://relay.example.org/", "https://"}) {
        const auto made = relay::relay_client::make(shard, key, sink, {url});
        REQUIRE(!made);
        CHECK(made.error().code == "E_BAD_RELAY");
    }
}
