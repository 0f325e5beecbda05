// SPDX-License-Identifier: Apache-2.0
#include "gossip_fixture.hpp"

using namespace meshhost;
using gossip::dial_queue;

namespace {

constexpr time_point start{1s};

identity::endpoint_id peer_of(std::uint8_t number) {
    return test::key_of(number).id();
}

dial_queue queue_of(std::size_t in_flight, std::size_t remembered = 8) {
    gossip::service_limits limits;
    limits.dials_in_flight = in_flight;
    limits.dials_remembered = remembered;
    return {limits, prng(1)};
}

}  // namespace

TEST_CASE("dial queue: a peer that is wanted is dialled once", "[gossip][dial]") {
    auto dials = queue_of(2);
    CHECK(dials.want(peer_of(1), start));
    CHECK(dials.want(peer_of(1), start));
    CHECK(dials.take_due(start) == peer_of(1));
    CHECK(dials.want(peer_of(1), start));
    CHECK_FALSE(dials.take_due(start));
    dials.answered(peer_of(1));
    CHECK(dials.size() == 0);
    CHECK(dials.in_flight() == 0);
}

TEST_CASE("dial queue: a failed peer waits longer each time, when it is wanted", "[gossip][dial]") {
    auto dials = queue_of(2);
    time_point now = start;
    duration last{};
    for (const duration least : {125ms, 250ms, 500ms, 1000ms}) {
        dials.want(peer_of(1), now);
        now = std::max(now, dials.next_deadline().value());
        REQUIRE(dials.take_due(now));
        dials.failed(peer_of(1), now);
        CHECK_FALSE(dials.next_deadline());
        dials.want(peer_of(1), now);
        const duration wait = *dials.next_deadline() - now;
        CHECK(wait >= least);
        CHECK(wait <= 2 * least);
        CHECK_FALSE(dials.take_due(now));
        last = wait;
    }
    CHECK(last >= 1s);
}

TEST_CASE("dial queue: few are in flight, and the rest wait for an answer", "[gossip][dial]") {
    auto dials = queue_of(2);
    for (std::uint8_t i = 1; i <= 3; ++i)
        dials.want(peer_of(i), start);
    REQUIRE(dials.take_due(start));
    const auto second = dials.take_due(start);
    REQUIRE(second);
    CHECK_FALSE(dials.take_due(start));
    CHECK_FALSE(dials.next_deadline());
    dials.failed(*second, start);
    CHECK(dials.next_deadline() == start);
    CHECK(dials.take_due(start));
}

TEST_CASE("dial queue: a full one forgets who rests, never who is wanted", "[gossip][dial]") {
    auto dials = queue_of(8, 2);
    dials.want(peer_of(1), start);
    dials.want(peer_of(2), start);
    CHECK_FALSE(dials.want(peer_of(3), start));
    const auto first = dials.take_due(start);
    dials.failed(*first, start);
    CHECK(dials.want(peer_of(3), start));
    CHECK(dials.size() == 2);
}

TEST_CASE("dial queue: who is wanted urgently waits two seconds at most", "[gossip][dial]") {
    auto dials = queue_of(2);
    time_point now = start;
    for (int failures = 0; failures < 10; ++failures) {
        dials.want(peer_of(1), now);
        now = std::max(now, dials.next_deadline().value());
        REQUIRE(dials.take_due(now));
        dials.failed(peer_of(1), now);
    }
    SECTION("from its rest") {
        dials.want(peer_of(1), now, true);
        CHECK(*dials.next_deadline() == now + 2s);
    }
    SECTION("when it waits already") {
        dials.want(peer_of(1), now);
        REQUIRE(*dials.next_deadline() > now + 10s);
        dials.want(peer_of(1), now, true);
        CHECK(*dials.next_deadline() == now + 2s);
        dials.want(peer_of(1), now);
        CHECK(*dials.next_deadline() == now + 2s);
    }
    CHECK(dials.take_due(now + 2s) == peer_of(1));
}

TEST_CASE("dial queue: a dial counts until its own end, whoever else connects", "[gossip][dial]") {
    auto dials = queue_of(1);
    dials.want(peer_of(1), start);
    dials.want(peer_of(2), start);
    const auto first = dials.take_due(start);
    REQUIRE(first);
    dials.linked(*first);  // it dialled us
    CHECK(dials.in_flight() == 1);
    CHECK_FALSE(dials.take_due(start));
    SECTION("its failure is nobody's, for nobody waits for it") {
        dials.failed(*first, start);
        CHECK(dials.size() == 1);
        CHECK(dials.take_due(start));
    }
    SECTION("who is wanted again meanwhile is not dialled twice") {
        dials.want(*first, start);
        dials.failed(*first, start);
        CHECK(dials.in_flight() == 0);
        dials.want(*first, start);
        const auto second = dials.take_due(start);
        REQUIRE(second);
        CHECK(*second != *first);
    }
    SECTION("its answer leaves nothing behind") {
        dials.answered(*first);
        CHECK(dials.size() == 1);
        CHECK(dials.in_flight() == 0);
    }
}
