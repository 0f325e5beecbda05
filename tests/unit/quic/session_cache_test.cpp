// SPDX-License-Identifier: Apache-2.0
#include "identity/secret_key.hpp"
#include "quic/session_cache.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::quic;

namespace {

identity::endpoint_id peer(std::uint16_t number) {
    byte_buffer seed(identity::secret_key::seed_size);
    seed[0] = static_cast<std::uint8_t>(number);
    seed[1] = static_cast<std::uint8_t>(number >> 8);
    return identity::secret_key::from_seed(seed).id();
}

resumption remembered(std::uint8_t mark) {
    return {.ticket = {mark}, .parameters = {}};
}

}  // namespace

TEST_CASE("quic: a ticket belongs to a peer and a protocol, and is given out once", "[session]") {
    session_cache cache;
    cache.store_ticket(peer(1), "a", remembered(1));
    cache.store_ticket(peer(1), "b", remembered(2));
    cache.store_ticket(peer(2), "a", remembered(3));
    CHECK(cache.tickets() == 3);
    CHECK_FALSE(cache.take_ticket(peer(2), "b"));
    REQUIRE(cache.take_ticket(peer(1), "a")->ticket == byte_buffer{1});
    CHECK_FALSE(cache.take_ticket(peer(1), "a"));
    REQUIRE(cache.take_ticket(peer(2), "a")->ticket == byte_buffer{3});
    CHECK(cache.tickets() == 1);
}

TEST_CASE("quic: a newer ticket or token takes the place of the older", "[session]") {
    session_cache cache;
    cache.store_ticket(peer(1), "a", remembered(1));
    cache.store_ticket(peer(1), "a", remembered(2));
    cache.store_token(peer(1), {1});
    cache.store_token(peer(1), {2});
    CHECK(cache.tickets() == 1);
    CHECK(cache.tokens() == 1);
    CHECK(cache.take_ticket(peer(1), "a")->ticket == byte_buffer{2});
    CHECK(cache.take_token(peer(1)) == byte_buffer{2});
    CHECK(cache.take_token(peer(1)).empty());
}

TEST_CASE("quic: a full session cache forgets what was stored first", "[session]") {
    session_cache cache;
    for (std::uint16_t i = 0; i < session_cache::entries_max + 2; ++i)
        cache.store_token(peer(i), {1});
    CHECK(cache.tokens() == session_cache::entries_max);
    CHECK(cache.take_token(peer(0)).empty());
    CHECK(cache.take_token(peer(1)).empty());
    CHECK_FALSE(cache.take_token(peer(2)).empty());
}
