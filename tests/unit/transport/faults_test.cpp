// SPDX-License-Identifier: Apache-2.0
// A network made worse on purpose, over real sockets.
#include "echo_peers.hpp"

using namespace meshhost;
using namespace meshhost::test;

TEST_CASE("transport: a lossy network loses nothing of a stream", "[transport]") {
    echo_pair pair;
    REQUIRE(pair.server->set_faults({.loss = 0.05, .seed = 1}));
    REQUIRE(pair.dialler->set_faults({.loss = 0.05, .seed = 2}));
    pair.client->to_send = pattern(1'000'000);
    pair.dial();
    REQUIRE(pair.run_until([&] { return pair.client->fin_received; }));
    REQUIRE(pair.client->received == pair.client->to_send);
}

TEST_CASE("transport: what is blocked gets through again when it is not", "[transport]") {
    echo_pair pair;
    pair.client->to_send = pattern(300'000);
    const ip_endpoint far = pair.server->bound().front();
    REQUIRE(pair.dialler->set_faults({.block = {far}}));
    pair.dial();
    const auto sent = [&] { return pair.dialler->measure().datagrams_sent; };
    REQUIRE(pair.run_until([&] { return sent() > 2; }));
    CHECK(pair.server->measure().datagrams_received == 0);
    REQUIRE(pair.dialler->set_faults({}));
    REQUIRE(pair.run_until([&] { return pair.client->received.size() > 100'000; }));
    REQUIRE(pair.server->set_faults({.block = pair.dialler->bound()}));
    const auto before = pair.server->measure().datagrams_received;
    const auto sent_before = sent();
    REQUIRE(pair.run_until([&] { return sent() > sent_before + 2; }));
    CHECK(pair.server->measure().datagrams_received == before);
    REQUIRE(pair.server->set_faults({}));
    REQUIRE(pair.run_until([&] { return pair.client->fin_received; }));
    REQUIRE(pair.client->received == pair.client->to_send);
}

TEST_CASE("transport: a plan that is none is refused", "[transport]") {
    echo_pair pair;
    CHECK_FALSE(pair.dialler->set_faults({.loss = 2}));
    CHECK(pair.dialler->set_faults({}));
}
