// SPDX-License-Identifier: Apache-2.0
#include "gossip_fixture.hpp"

using namespace meshhost;
using gossip::known_addresses;

namespace {

constexpr time_point start{1000s};

identity::endpoint_id peer_of(std::uint8_t number) {
    return test::key_of(number).id();
}

ip_endpoint at(std::uint16_t port) {
    return ip_endpoint::loopback_v4(port);
}

gossip::service_limits room_for(std::size_t peers) {
    gossip::service_limits limits;
    limits.addresses = peers;
    return limits;
}

}  // namespace

TEST_CASE(
    "known addresses: what is learnt is forgotten, what is named stays",
    "[gossip][addresses]"
) {
    known_addresses known(room_for(4));
    REQUIRE(known.name({peer_of(1), {}, {at(1)}}));
    known.learn(peer_of(1), {"https://relay.example./", {at(2), at(1)}}, start);
    const auto fresh = known.find(peer_of(1), start + 5min);
    CHECK(fresh.direct == std::vector{at(1), at(2)});
    CHECK(fresh.relays == std::vector<std::string>{"https://relay.example./"});
    const auto stale = known.find(peer_of(1), start + 5min + 1s);
    CHECK(stale.direct == std::vector{at(1)});
    CHECK(stale.relays.empty());
}

TEST_CASE("known addresses: what is learnt replaces what was learnt", "[gossip][addresses]") {
    known_addresses known(room_for(4));
    known.learn(peer_of(1), {"", {at(1)}}, start);
    known.learn(peer_of(1), {"", {at(2)}}, start);
    CHECK(known.find(peer_of(1), start).direct == std::vector{at(2)});
    CHECK(known.find(peer_of(2), start) == identity::endpoint_addr{peer_of(2), {}, {}});
}

TEST_CASE(
    "known addresses: a full table drops who was heard of longest ago",
    "[gossip][addresses]"
) {
    known_addresses known(room_for(3));
    REQUIRE(known.name({peer_of(1), {}, {at(1)}}));
    known.learn(peer_of(2), {"", {at(2)}}, start + 1s);
    known.learn(peer_of(3), {"", {at(3)}}, start);
    known.learn(peer_of(4), {"", {at(4)}}, start + 2s);
    CHECK(known.size() == 3);
    CHECK(known.find(peer_of(3), start + 2s).direct.empty());
    CHECK(known.find(peer_of(1), start + 2s).direct == std::vector{at(1)});
    REQUIRE(known.name({peer_of(5), {}, {at(5)}}));
    REQUIRE(known.name({peer_of(6), {}, {at(6)}}));
    CHECK_FALSE(known.name({peer_of(7), {}, {at(7)}}));
    known.learn(peer_of(8), {"", {at(8)}}, start);
    CHECK(known.size() == 3);
}
