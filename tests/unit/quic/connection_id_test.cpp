// SPDX-License-Identifier: Apache-2.0
#include "quic/connection_id.hpp"
#include "quic/transport_config.hpp"
#include "support/catch.hpp"

#include <set>

using namespace meshhost;
using namespace meshhost::quic;

namespace {

std::array<std::uint8_t, 32> key_of(std::uint8_t value) {
    std::array<std::uint8_t, 32> key;
    key.fill(value);
    return key;
}

}  // namespace

TEST_CASE("quic: an issued id names its shard and never comes twice", "[connection_id]") {
    const connection_id_issuer issuer(0x1234, key_of(1));
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        const ngtcp2_cid cid = issuer.issue();
        REQUIRE(cid.datalen == connection_id_size);
        const std::string hex = to_hex({cid.data, cid.datalen});
        CHECK(hex.substr(0, 4) == "1234");
        CHECK(seen.insert(hex).second);
    }
}

TEST_CASE("quic: a reset token depends on the id and the key alone", "[connection_id]") {
    const connection_id_issuer issuer(0, key_of(1));
    const connection_id_issuer after_restart(0, key_of(1));
    const connection_id_issuer stranger(0, key_of(2));
    const ngtcp2_cid one = issuer.issue();
    const ngtcp2_cid other = issuer.issue();
    CHECK(issuer.token_of(one) == after_restart.token_of(one));
    CHECK(issuer.token_of(one) != issuer.token_of(other));
    CHECK(issuer.token_of(one) != stranger.token_of(one));
}

TEST_CASE("quic: ids are equal by their bytes, and hash by them", "[connection_id]") {
    const std::uint8_t bytes[20] = {1, 2, 3};
    const connection_id a(bytes, 8);
    const connection_id b(bytes, 8);
    const connection_id longer(bytes, 9);
    CHECK(a == b);
    CHECK(a != longer);
    const connection_id_hash hash;
    CHECK(hash(a) == hash(b));
    CHECK(hash(a) != hash(longer));
    // Another table, another key: nobody outside can aim at a bucket.
    CHECK(hash(a) != connection_id_hash()(a));
}
