// SPDX-License-Identifier: Apache-2.0
// endpoint_id: iroh's text forms of one key, and which 32 bytes are a key at all.
#include "identity/endpoint_id.hpp"
#include "support/catch.hpp"
#include "wire/base32.hpp"

#include <algorithm>
#include <unordered_set>

using namespace meshhost;
using identity::endpoint_id;

namespace {

// The public key of the seed 32 × 0x2a, which iroh's own tests use too.
constexpr auto hex = "197f6b23e16c8532c6abc838facd5ea789be0c76b2920334039bfa8b3d368d61";
constexpr auto base32 = "df7wwi7bnsctfrvlza4pvtk6u6e34ddwwkjagnadtp5iwpjwrvqq";
constexpr auto z32 = "df9sse9bp1nuftim3yhxiuk6w6r5hddsskjygpydux7esxjstioo";
constexpr auto base32hex = "35vmm8v1di2j5hlbp0sfljauku4rs33mma906d03jft8mf9mhlgg";

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
        return static_cast<char>(std::toupper(c));
    });
    return text;
}

std::optional<endpoint_id> from_hex_bytes(std::string_view text) {
    return endpoint_id::from_bytes(from_hex(text).value());
}

}  // namespace

TEST_CASE("endpoint_id: one key has iroh's four text forms", "[identity]") {
    const auto id = from_hex_bytes(hex);
    REQUIRE(id);
    CHECK(id->to_hex() == hex);
    CHECK(id->to_base32() == base32);
    CHECK(id->to_z32() == z32);
    CHECK(wire::base32_encode(id->bytes(), wire::base32_alphabet::hex) == base32hex);
    CHECK(id->short_text() == "197f6b23e1");
}

TEST_CASE(
    "endpoint_id: the TLS name of iroh's all-zero secret is base32hex of its id",
    "[identity]"
) {
    const auto id =
        from_hex_bytes("3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29");
    REQUIRE(id);
    CHECK(
        wire::base32_encode(id->bytes(), wire::base32_alphabet::hex)
        == "7dl2ff6emqi2qol3l382krodedij45bn3nh479hqo14a32qpr8kg"
    );
}

TEST_CASE("endpoint_id: lower-case hex and base32 in either case are read", "[identity]") {
    const auto id = from_hex_bytes(hex);
    REQUIRE(id);
    CHECK(endpoint_id::parse(hex) == id);
    CHECK(endpoint_id::parse(base32) == id);
    CHECK(endpoint_id::parse(upper(base32)) == id);
}

TEST_CASE("endpoint_id: all other texts are refused", "[identity]") {
    const std::string good_hex = hex;
    const std::string good_base32 = base32;
    CHECK_FALSE(endpoint_id::parse(""));
    CHECK_FALSE(endpoint_id::parse(upper(good_hex)));
    CHECK_FALSE(endpoint_id::parse(good_hex.substr(1)));
    CHECK_FALSE(endpoint_id::parse(good_hex + "0"));
    CHECK_FALSE(endpoint_id::parse(good_hex.substr(0, 63) + "g"));
    CHECK_FALSE(endpoint_id::parse(good_base32.substr(1)));
    CHECK_FALSE(endpoint_id::parse(good_base32 + "="));
    CHECK_FALSE(endpoint_id::parse(good_base32.substr(0, 51) + "r"));  // trailing bits set
    CHECK_FALSE(endpoint_id::parse(z32));
    CHECK_FALSE(endpoint_id::parse(" " + good_base32));
    CHECK_FALSE(endpoint_id::parse(std::string(52, 'a')));  // 32 zero bytes: a small-order point
}

TEST_CASE(
    "endpoint_id: bytes that are no point of the prime-order subgroup are refused",
    "[identity]"
) {
    struct {
        std::string_view what;
        std::string_view hex;
    } const bad[] = {
        {"too short", "197f6b"},
        {"not on the curve", "0200000000000000000000000000000000000000000000000000000000000000"},
        {"order 4", "0000000000000000000000000000000000000000000000000000000000000000"},
        {"the identity", "0100000000000000000000000000000000000000000000000000000000000000"},
        {"order 2", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"},
        {"y = p, not reduced", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"},
        {"the base point plus a point of order 2",
         "9599999999999999999999999999999999999999999999999999999999999999"},
    };
    for (const auto& sample : bad) {
        CAPTURE(sample.what);
        CHECK_FALSE(from_hex_bytes(sample.hex));
    }
    CHECK(from_hex_bytes("5866666666666666666666666666666666666666666666666666666666666666"));
}

TEST_CASE("endpoint_id: ids order by their bytes and can be hashed", "[identity]") {
    const auto low = endpoint_id::parse(hex).value();
    const auto high =
        from_hex_bytes("3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29").value();
    CHECK(low < high);
    CHECK(endpoint_id{} < low);
    const std::unordered_set<endpoint_id> set{low, high, low};
    CHECK(set.size() == 2);
}
