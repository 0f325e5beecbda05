// SPDX-License-Identifier: Apache-2.0
// base32: the vectors of RFC 4648 §10 and of the z-base-32 paper, and that every text that is not
// the one encoding of some bytes is refused.
#include "support/catch.hpp"
#include "wire/base32.hpp"

using namespace meshhost;
using wire::base32_alphabet;
using wire::base32_decode;
using wire::base32_encode;
using wire::base32_find_foreign;

namespace {

constexpr base32_alphabet all_alphabets[] = {
    base32_alphabet::rfc4648,
    base32_alphabet::z_base_32,
    base32_alphabet::hex,
};

}  // namespace

TEST_CASE("base32: the vectors of RFC 4648 hold both ways", "[wire][base32]") {
    struct {
        std::string_view plain;
        std::string_view rfc4648;
        std::string_view hex;
    } const vectors[] = {
        {"", "", ""},
        {"f", "my", "co"},
        {"fo", "mzxq", "cpng"},
        {"foo", "mzxw6", "cpnmu"},
        {"foob", "mzxw6yq", "cpnmuog"},
        {"fooba", "mzxw6ytb", "cpnmuoj1"},
        {"foobar", "mzxw6ytboi", "cpnmuoj1e8"},
    };
    for (const auto& vector : vectors) {
        CAPTURE(vector.plain);
        const bytes_view plain = as_bytes(vector.plain);
        const byte_buffer expected(plain.begin(), plain.end());
        CHECK(base32_encode(plain, base32_alphabet::rfc4648) == vector.rfc4648);
        CHECK(base32_encode(plain, base32_alphabet::hex) == vector.hex);
        CHECK(base32_decode(vector.rfc4648, base32_alphabet::rfc4648) == expected);
        CHECK(base32_decode(vector.hex, base32_alphabet::hex) == expected);
    }
}

TEST_CASE("base32: the byte-sized vectors of the z-base-32 paper hold both ways", "[wire]") {
    const byte_buffer first{0xf0, 0xbf, 0xc7};
    const byte_buffer second{0xd4, 0x7a, 0x04};
    CHECK(base32_encode(first, base32_alphabet::z_base_32) == "6n9hq");
    CHECK(base32_encode(second, base32_alphabet::z_base_32) == "4t7ye");
    CHECK(base32_decode("6n9hq", base32_alphabet::z_base_32) == first);
    CHECK(base32_decode("4t7ye", base32_alphabet::z_base_32) == second);
}

TEST_CASE("base32: every byte survives in every alphabet and at every length", "[wire]") {
    for (const auto alphabet : all_alphabets) {
        byte_buffer bytes;
        for (int value = 0; value < 256; ++value) {
            bytes.push_back(static_cast<std::uint8_t>(value * 167));
            REQUIRE(base32_decode(base32_encode(bytes, alphabet), alphabet) == bytes);
        }
    }
}

TEST_CASE("base32: lengths that no bytes encode to are refused", "[wire][base32]") {
    for (const auto alphabet : all_alphabets) {
        const char zero = base32_encode(byte_buffer{0}, alphabet)[0];
        for (std::size_t length = 0; length <= 16; ++length) {
            const std::size_t tail = length % 8;
            const bool possible = tail != 1 && tail != 3 && tail != 6;
            CAPTURE(length);
            CHECK(base32_decode(std::string(length, zero), alphabet).has_value() == possible);
        }
    }
}

TEST_CASE("base32: bits left over at the end must be zero", "[wire][base32]") {
    CHECK(base32_decode("my", base32_alphabet::rfc4648).has_value());
    CHECK_FALSE(base32_decode("mz", base32_alphabet::rfc4648).has_value());
    CHECK_FALSE(base32_decode("mzxr", base32_alphabet::rfc4648).has_value());
    CHECK_FALSE(base32_decode("mzxw7", base32_alphabet::rfc4648).has_value());
    CHECK_FALSE(base32_decode("mzxw6yr", base32_alphabet::rfc4648).has_value());
    CHECK_FALSE(base32_decode("cp", base32_alphabet::hex).has_value());
}

TEST_CASE("base32: characters outside the alphabet are refused, padding among them", "[wire]") {
    for (const auto* text : {"m0", "m1", "m8", "m=", "my======", "m ", "m\n", "m\xc3\xa4", "m-"}) {
        CAPTURE(text);
        CHECK_FALSE(base32_decode(text, base32_alphabet::rfc4648).has_value());
    }
    CHECK_FALSE(base32_decode("lv", base32_alphabet::z_base_32).has_value());
    CHECK_FALSE(base32_decode("cw", base32_alphabet::hex).has_value());
    CHECK_FALSE(base32_decode(std::string_view("a\0", 2), base32_alphabet::rfc4648).has_value());
}

TEST_CASE("base32: only RFC 4648's alphabet is read in either case", "[wire][base32]") {
    CHECK(
        base32_decode("MzXw6YTBOI", base32_alphabet::rfc4648)
        == byte_buffer{'f', 'o', 'o', 'b', 'a', 'r'}
    );
    CHECK_FALSE(base32_decode("CPNMUOJ1E8", base32_alphabet::hex).has_value());
    CHECK_FALSE(base32_decode("6N9HQ", base32_alphabet::z_base_32).has_value());
}

TEST_CASE("base32: the first foreign character is found", "[wire][base32]") {
    CHECK(base32_find_foreign("abc1d!", base32_alphabet::rfc4648) == 3u);
    CHECK(base32_find_foreign("abcD", base32_alphabet::rfc4648) == std::nullopt);
    CHECK(base32_find_foreign("yBn", base32_alphabet::z_base_32) == 1u);
}
