// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.hpp"
#include "support/catch.hpp"

using namespace meshhost;

TEST_CASE("bytes: hex is written in lower case, two digits a byte", "[base]") {
    CHECK(to_hex({}).empty());
    CHECK(to_hex(byte_buffer{0x00, 0x0f, 0xa0, 0xff}) == "000fa0ff");
}

TEST_CASE("bytes: hex is read in either case", "[base]") {
    CHECK(from_hex("") == byte_buffer{});
    CHECK(from_hex("000fA0Ff") == byte_buffer{0x00, 0x0f, 0xa0, 0xff});
}

TEST_CASE("bytes: what is not hex is refused", "[base]") {
    for (const std::string_view text :
         {"0", "000", "0g", "g0", " 00", "0x00", "00\n0", "\xff\xff"}) {
        CAPTURE(text);
        CHECK_FALSE(from_hex(text).has_value());
    }
    CHECK_FALSE(from_hex(std::string_view("\0\0", 2)).has_value());
}

TEST_CASE("bytes: text and bytes are two views of the same memory", "[base]") {
    const std::string text("a\0\xff", 3);
    const bytes_view bytes = as_bytes(text);
    CHECK(bytes.size() == 3);
    CHECK(bytes[2] == 0xff);
    CHECK(as_text(bytes).data() == text.data());
    CHECK(as_text(bytes) == text);
}
