// SPDX-License-Identifier: Apache-2.0
// postcard: the encodings of its specification, and that no length a stranger writes is believed.
#include "support/catch.hpp"
#include "wire/postcard.hpp"

#include <cmath>
#include <limits>

using namespace meshhost;
using wire::postcard_reader;
using wire::postcard_writer;

namespace {

template <class Write>
std::string written(Write write) {
    byte_buffer out;
    postcard_writer writer(out);
    write(writer);
    return to_hex(out);
}

/// The reader of `hex`, which lives as long as the returned object.
struct reading {
    explicit reading(std::string_view hex)
        : bytes(from_hex(hex).value())
        , in(bytes) {}

    byte_buffer bytes;
    postcard_reader in;
};

}  // namespace

TEST_CASE("postcard: signed integers are zigzag varints", "[wire][postcard]") {
    const auto check = [](std::int64_t value, std::string_view hex) {
        CAPTURE(value);
        CHECK(written([&](auto& out) { out.i64(value); }) == hex);
        reading input(hex);
        CHECK(input.in.i64() == value);
        CHECK(input.in.at_end());
    };
    check(0, "00");
    check(-1, "01");
    check(1, "02");
    check(-64, "7f");
    check(64, "8001");
    check(std::numeric_limits<std::int64_t>::max(), "feffffffffffffffff01");
    check(std::numeric_limits<std::int64_t>::min(), "ffffffffffffffffff01");
}

TEST_CASE("postcard: doubles are eight bytes, little-endian, NaN payload and all", "[wire]") {
    CHECK(written([](auto& out) { out.f64(1.0); }) == "000000000000f03f");
    reading input("000000000000f0bf010000000000f87f");
    CHECK(input.in.f64() == -1.0);
    CHECK(std::isnan(input.in.f64()));
    CHECK(input.in.at_end());
}

TEST_CASE("postcard: a bool is 0 or 1, and nothing else", "[wire][postcard]") {
    reading input("000102");
    CHECK_FALSE(input.in.boolean());
    CHECK(input.in.boolean());
    CHECK(input.in.ok());
    CHECK_FALSE(input.in.boolean());
    CHECK_FALSE(input.in.ok());
}

TEST_CASE("postcard: an option is a byte, and its value when there is one", "[wire][postcard]") {
    const auto hex = written([](auto& out) {
        out.option(true);
        out.varint(300);
        out.option(false);
    });
    CHECK(hex == "01ac0200");
    reading input(hex);
    CHECK(input.in.option());
    CHECK(input.in.u16() == 300);
    CHECK_FALSE(input.in.option());
    CHECK(input.in.at_end());
}

TEST_CASE("postcard: strings and bytes follow their length; fixed arrays have none", "[wire]") {
    const auto hex = written([](auto& out) {
        out.string("http://derp.me./");
        out.bytes(byte_buffer{1, 2});
        out.fixed(byte_buffer{3, 4});
    });
    CHECK(hex == "10687474703a2f2f646572702e6d652e2f0201020304");
    reading input(hex);
    CHECK(input.in.string(16) == "http://derp.me./");
    CHECK(to_hex(input.in.bytes(2)) == "0102");
    CHECK(input.in.array<2>() == std::array<std::uint8_t, 2>{3, 4});
    CHECK(input.in.at_end());
}

TEST_CASE("postcard: what is longer than its reader allows is refused", "[wire][postcard]") {
    reading string("03616263");
    CHECK(string.in.string(2).empty());
    CHECK_FALSE(string.in.ok());
    reading bytes("03616263");
    CHECK(bytes.in.bytes(2).empty());
    CHECK_FALSE(bytes.in.ok());
}

TEST_CASE("postcard: a decoding bomb is a failure, whatever the caller allows", "[wire]") {
    const auto* hex = "ffffffffffffffffff0161";
    reading string(hex);
    CHECK(string.in.string(SIZE_MAX).empty());
    CHECK_FALSE(string.in.ok());
    reading sequence(hex);
    CHECK(sequence.in.count(SIZE_MAX) == 0);
    CHECK_FALSE(sequence.in.ok());
}

TEST_CASE("postcard: a count is at most what the bytes left could hold", "[wire][postcard]") {
    reading fits("03aabbcc");
    CHECK(fits.in.count(10) == 3);
    CHECK(fits.in.ok());
    reading lies("04aabbcc");
    CHECK(lies.in.count(10) == 0);
    CHECK_FALSE(lies.in.ok());
    reading many("03aabbcc");
    CHECK(many.in.count(2) == 0);
    CHECK_FALSE(many.in.ok());
}

TEST_CASE("postcard: a string that is not UTF-8 is refused, as bytes it is read", "[wire]") {
    struct {
        std::string_view what;
        std::string_view hex;
    } const bad[] = {
        {"a lone continuation byte", "0180"},
        {"a truncated sequence", "02e282"},
        {"an overlong slash", "02c0af"},
        {"a surrogate", "03eda080"},
        {"beyond U+10FFFF", "04f4908080"},
    };
    for (const auto& sample : bad) {
        CAPTURE(sample.what);
        reading text(sample.hex);
        CHECK(text.in.string(8).empty());
        CHECK_FALSE(text.in.ok());
        reading raw(sample.hex);
        CHECK(raw.in.bytes(8).size() == raw.bytes.size() - 1);
        CHECK(raw.in.ok());
    }
    reading good("0ac3a4e282acf09f8cbf00");
    CHECK(good.in.string(16) == std::string_view("\xc3\xa4\xe2\x82\xac\xf0\x9f\x8c\xbf\0", 10));
    CHECK(good.in.at_end());
}
