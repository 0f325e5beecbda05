// SPDX-License-Identifier: Apache-2.0
#include "quic/tls_context.hpp"
#include "support/catch.hpp"

#include <algorithm>

using namespace meshhost;
using namespace meshhost::quic;

TEST_CASE("quic: a key travels as the SPKI of RFC 8410, and nothing else is read", "[tls]") {
    const auto key = identity::secret_key::generate();
    const byte_buffer spki = to_spki(key.id());
    REQUIRE(spki.size() == 44);
    CHECK(to_hex(bytes_view(spki).first(12)) == "302a300506032b6570032100");
    const auto inside = key_in_spki(spki);
    REQUIRE(inside);
    CHECK(std::equal(inside->begin(), inside->end(), key.id().bytes().begin()));

    CHECK_FALSE(key_in_spki({}));
    CHECK_FALSE(key_in_spki(bytes_view(spki).first(43)));
    byte_buffer longer = spki;
    longer.push_back(0);
    CHECK_FALSE(key_in_spki(longer));
    for (std::size_t i = 0; i < 12; ++i) {
        byte_buffer other = spki;
        other[i] ^= 1;  // X25519 and Ed448 differ in one byte
        CHECK_FALSE(key_in_spki(other));
    }
}
