// SPDX-License-Identifier: Apache-2.0
#include "introspect/proof.hpp"
#include "introspect_fixture.hpp"

using namespace meshhost;
using introspect::is_proof;
using introspect::make_proof;

namespace {

const auto asker = test::key_of(1).id();
const auto asked = test::key_of(2).id();
const byte_buffer secret{'s', 'e', 'c', 'r', 'e', 't'};

}  // namespace

// Made with Python's hashlib; docs/wire/introspect.md has it, too.
TEST_CASE("introspect: the proof's vector", "[introspect]") {
    CHECK(
        make_proof(secret, asker, asked)
        == "af1f35c0e529c952d368cb83faf992ab474465d367c30048f8b7ef23a39c8b8c"
    );
}

TEST_CASE("introspect: a proof is of one secret, one asker and one asked", "[introspect]") {
    const auto proof = make_proof(secret, asker, asked);
    CHECK(is_proof(proof, secret, asker, asked));
    CHECK_FALSE(is_proof(proof, secret, asked, asker));
    CHECK_FALSE(is_proof(proof, byte_buffer{'s'}, asker, asked));
    CHECK_FALSE(is_proof(proof.substr(2), secret, asker, asked));
    CHECK_FALSE(is_proof("", secret, asker, asked));
    CHECK_FALSE(is_proof("no hexadecimal", secret, asker, asked));
}

TEST_CASE("introspect: without a secret there is nothing to prove", "[introspect]") {
    CHECK(make_proof({}, asker, asked).empty());
    CHECK(is_proof("", {}, asker, asked));
}
