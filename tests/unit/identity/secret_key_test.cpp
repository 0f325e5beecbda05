// SPDX-License-Identifier: Apache-2.0
// secret_key: RFC 8032's vectors, strict verification, derived secrets.
#include "identity/secret_key.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using identity::secret_key;
using identity::signature;
using identity::verify;

namespace {

secret_key key_of(std::string_view seed_hex) {
    return secret_key::from_seed(from_hex(seed_hex).value());
}

signature signature_of(std::string_view hex) {
    const byte_buffer bytes = from_hex(hex).value();
    signature sig{};
    std::copy(bytes.begin(), bytes.end(), sig.begin());
    return sig;
}

}  // namespace

TEST_CASE("secret_key: RFC 8032's first two vectors hold", "[identity]") {
    struct {
        std::string_view seed;
        std::string_view id;
        std::string_view message;
        std::string_view sig;
    } const vectors[] = {
        {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
         "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
         "",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701"
         "cf9b46bd25bf5f0595bbe24655141438e7a100b"},
        {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
         "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
         "72",
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d"
         "0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    };
    for (const auto& vector : vectors) {
        const secret_key key = key_of(vector.seed);
        const byte_buffer message = from_hex(vector.message).value();
        CHECK(key.id().to_hex() == vector.id);
        CHECK(to_hex(key.seed()) == vector.seed);
        CHECK(to_hex(key.sign(message)) == vector.sig);
        CHECK(verify(key.id(), message, signature_of(vector.sig)));
    }
}

TEST_CASE("secret_key: iroh's test seed has iroh's test id", "[identity]") {
    const secret_key key = secret_key::from_seed(byte_buffer(32, 0x2a));
    CHECK(key.id().to_hex() == "197f6b23e16c8532c6abc838facd5ea789be0c76b2920334039bfa8b3d368d61");
}

TEST_CASE(
    "secret_key: a signature holds for its signer, its message and itself alone",
    "[identity]"
) {
    const secret_key key = secret_key::generate();
    const bytes_view message = as_bytes("mesh");
    const signature sig = key.sign(message);
    CHECK(verify(key.id(), message, sig));
    CHECK_FALSE(verify(key.id(), as_bytes("mesi"), sig));
    CHECK_FALSE(verify(secret_key::generate().id(), message, sig));
    for (std::size_t bit = 0; bit < sig.size() * 8; bit += 7) {
        signature changed = sig;
        changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ 1u << bit % 8);
        CAPTURE(bit);
        CHECK_FALSE(verify(key.id(), message, changed));
    }
}

TEST_CASE("secret_key: verification is strict", "[identity]") {
    // The first vector with the group order added to S: the same equation, another signature.
    const secret_key key =
        key_of("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    signature malleated = key.sign({});
    const byte_buffer order =
        from_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010").value();
    unsigned carry = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        carry += malleated[32 + i] + order[i];
        malleated[32 + i] = static_cast<std::uint8_t>(carry);
        carry >>= 8;
    }
    CHECK_FALSE(verify(key.id(), {}, malleated));

    // R = the identity and S = 0 satisfy the equation for a signer of small order.
    signature trivial{};
    trivial[0] = 1;
    CHECK_FALSE(verify(identity::endpoint_id{}, {}, trivial));
}

TEST_CASE("secret_key: generated keys differ", "[identity]") {
    CHECK(secret_key::generate().id() != secret_key::generate().id());
}

TEST_CASE("secret_key: a derived secret is HMAC-SHA-256 of its purpose", "[identity]") {
    const secret_key key = secret_key::from_seed(byte_buffer(32, 0x2a));
    CHECK(
        to_hex(key.derive("stateless-reset"))
        == "ea25951aa6e8a2850a449d6e9683fef5eaa81c30950ac282b2221ab9515fc14a"
    );
    CHECK(
        to_hex(key.derive("")) == "25e570b039a294705747f0783f32e9b538be395f8713fbcbf346844d84bc78ad"
    );
}
