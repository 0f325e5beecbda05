// SPDX-License-Identifier: Apache-2.0
// byte_reader and byte_writer: byte orders, and that a reader never leaves its bytes.
#include "support/catch.hpp"
#include "wire/byte_reader.hpp"
#include "wire/byte_writer.hpp"

using namespace meshhost;
using wire::byte_reader;
using wire::byte_writer;

TEST_CASE("wire: integers are written in the byte order their name says", "[wire]") {
    byte_buffer out{0xff};
    byte_writer writer(out);
    writer.u8(0x01);
    writer.u16be(0x0203);
    writer.u32be(0x04050607);
    writer.u64be(0x08090a0b0c0d0e0f);
    writer.u64le(0x1716151413121110);
    writer.bytes(as_bytes("ab"));
    CHECK(to_hex(out) == "ff0102030405060708090a0b0c0d0e0f10111213141516176162");
}

TEST_CASE("wire: a reader gives back what was written, in order", "[wire]") {
    const auto bytes = from_hex("0102030405060708090a0b0c0d0e0f10111213141516176162").value();
    byte_reader reader(bytes);
    CHECK(reader.u8() == 0x01);
    CHECK(reader.u16be() == 0x0203);
    CHECK(reader.u32be() == 0x04050607);
    CHECK(reader.u64be() == 0x08090a0b0c0d0e0f);
    CHECK(reader.u64le() == 0x1716151413121110);
    CHECK(reader.position() == 23);
    CHECK(reader.remaining() == 2);
    CHECK_FALSE(reader.at_end());
    CHECK(as_text(reader.rest()) == "ab");
    CHECK(reader.at_end());
}

TEST_CASE("wire: a reader borrows, it does not copy", "[wire]") {
    const byte_buffer bytes{1, 2, 3};
    byte_reader reader(bytes);
    reader.u8();
    CHECK(reader.take(2).data() == bytes.data() + 1);
}

TEST_CASE("wire: a read past the end fails the reader for good", "[wire]") {
    const byte_buffer bytes{0xaa, 0xbb, 0xcc};
    byte_reader reader(bytes);
    CHECK(reader.u32be() == 0);
    CHECK_FALSE(reader.ok());
    CHECK(reader.remaining() == 0);
    // The bytes are there, but whoever reads on after a failure must get nothing.
    CHECK(reader.u8() == 0);
    CHECK(reader.take(1).empty());
    CHECK(reader.rest().empty());
    CHECK(reader.array<2>() == std::array<std::uint8_t, 2>{});
    CHECK_FALSE(reader.at_end());
}

TEST_CASE("wire: a huge length cannot wrap round the reader's bounds", "[wire]") {
    const byte_buffer bytes{1, 2, 3};
    byte_reader reader(bytes);
    reader.u8();
    CHECK(reader.take(SIZE_MAX).empty());
    CHECK_FALSE(reader.ok());
}

TEST_CASE("wire: nothing can be taken from nothing, and an empty take is no failure", "[wire]") {
    byte_reader reader({});
    CHECK(reader.take(0).empty());
    CHECK(reader.at_end());
    reader.u8();
    CHECK_FALSE(reader.ok());
}

TEST_CASE("wire: a parser may fail the reader itself", "[wire]") {
    const byte_buffer bytes{1, 2};
    byte_reader reader(bytes);
    reader.fail();
    CHECK(reader.u8() == 0);
    CHECK_FALSE(reader.ok());
}
