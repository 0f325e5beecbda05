// SPDX-License-Identifier: Apache-2.0
// QUIC varints against RFC 9000 appendix A.1; LEB128 against postcard's length rule.
#include "support/catch.hpp"
#include "wire/varint.hpp"

using namespace meshhost;
using namespace meshhost::wire;

namespace {

/// What `read` makes of the bytes; nullopt when it fails or leaves some unread.
template <class Read>
std::optional<std::uint64_t> whole(std::string_view hex, Read read) {
    const byte_buffer bytes = from_hex(hex).value();
    byte_reader in(bytes);
    const std::uint64_t value = read(in);
    if (!in.at_end()) return std::nullopt;
    return value;
}

std::string quic_hex(std::uint64_t value) {
    byte_buffer out;
    byte_writer writer(out);
    write_quic_varint(writer, value);
    return to_hex(out);
}

std::string leb128_hex(std::uint64_t value) {
    byte_buffer out;
    byte_writer writer(out);
    write_leb128(writer, value);
    return to_hex(out);
}

}  // namespace

TEST_CASE("varint: the samples of RFC 9000 appendix A.1 are read", "[wire][varint]") {
    CHECK(whole("c2197c5eff14e88c", read_quic_varint) == 151'288'809'941'952'652u);
    CHECK(whole("9d7f3e7d", read_quic_varint) == 494'878'333u);
    CHECK(whole("7bbd", read_quic_varint) == 15'293u);
    CHECK(whole("25", read_quic_varint) == 37u);
    CHECK(whole("4025", read_quic_varint) == 37u);
}

TEST_CASE("varint: QUIC's are written in the shortest of their four lengths", "[wire][varint]") {
    CHECK(quic_hex(0) == "00");
    CHECK(quic_hex(63) == "3f");
    CHECK(quic_hex(64) == "4040");
    CHECK(quic_hex(16'383) == "7fff");
    CHECK(quic_hex(16'384) == "80004000");
    CHECK(quic_hex(1'073'741'823) == "bfffffff");
    CHECK(quic_hex(1'073'741'824) == "c000000040000000");
    CHECK(quic_hex(quic_varint_max) == "ffffffffffffffff");
}

TEST_CASE("varint: a truncated QUIC varint is no number", "[wire][varint]") {
    for (const auto* hex : {"", "40", "8000", "800000", "c0", "c0000000000000"}) {
        CAPTURE(hex);
        CHECK_FALSE(whole(hex, read_quic_varint).has_value());
    }
}

TEST_CASE("varint: LEB128 is written lowest group first", "[wire][varint]") {
    CHECK(leb128_hex(0) == "00");
    CHECK(leb128_hex(127) == "7f");
    CHECK(leb128_hex(128) == "8001");
    CHECK(leb128_hex(1024) == "8008");
    CHECK(leb128_hex(51'753) == "a99403");
    CHECK(leb128_hex(0xffff'ffff) == "ffffffff0f");
    CHECK(leb128_hex(UINT64_MAX) == "ffffffffffffffffff01");
}

TEST_CASE("varint: LEB128 is read up to the widest value of its type", "[wire][varint]") {
    CHECK(whole("ffff03", read_leb128_u16) == 0xffffu);
    CHECK(whole("ffffffff0f", read_leb128_u32) == 0xffff'ffffu);
    CHECK(whole("ffffffffffffffffff01", read_leb128_u64) == UINT64_MAX);
}

TEST_CASE("varint: LEB128 that is one too large for its type is refused", "[wire][varint]") {
    CHECK_FALSE(whole("808004", read_leb128_u16).has_value());
    CHECK_FALSE(whole("8080808010", read_leb128_u32).has_value());
    CHECK_FALSE(whole("80808080808080808002", read_leb128_u64).has_value());
}

TEST_CASE("varint: LEB128 may be padded, but never beyond its longest form", "[wire][varint]") {
    CHECK(whole("818000", read_leb128_u16) == 1u);
    CHECK_FALSE(whole("81808000", read_leb128_u16).has_value());
    CHECK(whole("8180808000", read_leb128_u32) == 1u);
    CHECK_FALSE(whole("818080808000", read_leb128_u32).has_value());
    CHECK(whole("81808080808080808000", read_leb128_u64) == 1u);
    CHECK_FALSE(whole("8180808080808080808000", read_leb128_u64).has_value());
}

TEST_CASE("varint: truncated LEB128 is no number", "[wire][varint]") {
    for (const auto* hex : {"", "80", "ffff"}) {
        CAPTURE(hex);
        CHECK_FALSE(whole(hex, read_leb128_u64).has_value());
    }
}

TEST_CASE("varint: a failed read gives nothing, not the half that was there", "[wire][varint]") {
    const byte_buffer bytes{0x83, 0x80};
    byte_reader leb128(bytes);
    CHECK(read_leb128_u64(leb128) == 0);
    byte_reader quic(bytes);
    CHECK(read_quic_varint(quic) == 0);
}
