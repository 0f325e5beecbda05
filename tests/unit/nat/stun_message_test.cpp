// SPDX-License-Identifier: Apache-2.0
// The vectors are those of RFC 5769.
#include "nat/proto/stun_message.hpp"
#include "support/catch.hpp"

#include <algorithm>

using namespace meshhost;
using namespace meshhost::nat::proto;

namespace {

byte_buffer hex(std::string_view text) {
    const auto bytes = from_hex(text);
    REQUIRE(bytes.has_value());
    return *bytes;
}

const std::string_view request_2_1 = "000100582112a442b7e7a701bc34d686fa87dfae"
                                     "802200105354554e207465737420636c69656e74"
                                     "002400046e0001ff"
                                     "80290008932ff9b151263b36"
                                     "000600096576746a3a68367659202020"
                                     "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"
                                     "80280004e57a3bcf";

const std::string_view answer_2_2 = "0101003c2112a442b7e7a701bc34d686fa87dfae"
                                    "8022000b7465737420766563746f7220"
                                    "002000080001a147e112a643"
                                    "000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7"
                                    "80280004c07d4c96";

const std::string_view answer_2_3 = "010100482112a442b7e7a701bc34d686fa87dfae"
                                    "8022000b7465737420766563746f7220"
                                    "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9"
                                    "00080014a382954e4be67bf11784c97c8292c275bfe3ed41"
                                    "80280004c8fb0b4c";

const stun_transaction_id
    vector_id{0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae};

/// A Binding message without a fingerprint.
byte_buffer message(std::string_view type, std::string_view attributes) {
    const byte_buffer body = hex(attributes);
    byte_buffer made = hex(std::string(type) + "00002112a442b7e7a701bc34d686fa87dfae");
    made[3] = static_cast<std::uint8_t>(body.size());
    made.insert(made.end(), body.begin(), body.end());
    return made;
}

error_code error_of(const byte_buffer& datagram) {
    const auto read = read_stun_answer(datagram);
    return read ? error_code() : read.error();
}

const std::string mapped = "002000080001a147e112a643";

}  // namespace

TEST_CASE("stun: RFC 5769 §2.1, a request", "[nat]") {
    const auto id = read_stun_request(hex(request_2_1));
    REQUIRE(id.has_value());
    CHECK(*id == vector_id);
    CHECK(error_of(hex(request_2_1)) == stun_errc::unexpected);
}

TEST_CASE("stun: RFC 5769 §2.2, an answer over IPv4", "[nat]") {
    const auto read = read_stun_answer(hex(answer_2_2));
    REQUIRE(read.has_value());
    CHECK(read->id == vector_id);
    CHECK(read->error == 0);
    REQUIRE(read->mapped.has_value());
    CHECK(read->mapped->to_string() == "192.0.2.1:32853");
    CHECK_FALSE(read->other.has_value());
    CHECK_FALSE(read_stun_request(hex(answer_2_2)).has_value());
}

TEST_CASE("stun: RFC 5769 §2.3, an answer over IPv6", "[nat]") {
    const auto read = read_stun_answer(hex(answer_2_3));
    REQUIRE(read.has_value());
    REQUIRE(read->mapped.has_value());
    CHECK(read->mapped->to_string() == "[2001:db8:1234:5678:11:2233:4455:6677]:32853");
}

TEST_CASE("stun: a changed bit anywhere is noticed", "[nat]") {
    const byte_buffer whole = hex(answer_2_2);
    const std::size_t type_at = whole.size() - 8;  // without it there is no fingerprint
    for (std::size_t at = 0; at < whole.size(); ++at) {
        if (at == type_at || at == type_at + 1) continue;
        byte_buffer changed = whole;
        changed[at] ^= 0x20;
        const auto read = read_stun_answer(changed);
        INFO(at);
        CHECK_FALSE(read.has_value());
    }
}

TEST_CASE("stun: cut anywhere it is no message", "[nat]") {
    const byte_buffer whole = hex(answer_2_2);
    for (std::size_t size = 0; size < whole.size(); ++size)
        CHECK_FALSE(read_stun_answer(bytes_view(whole).first(size)).has_value());
    byte_buffer longer = whole;
    longer.resize(whole.size() + 4);
    CHECK(error_of(longer) == stun_errc::not_stun);
}

TEST_CASE("stun: our requests, byte by byte", "[nat]") {
    const byte_buffer plain = encode_stun_request({vector_id, false, false});
    CHECK(
        to_hex(bytes_view(plain).first(24)) == "000100082112a442b7e7a701bc34d686fa87dfae80280004"
    );
    CHECK(plain.size() == 28);
    CHECK(looks_like_stun(plain));
    const auto id = read_stun_request(plain);
    REQUIRE(id.has_value());
    CHECK(*id == vector_id);

    const byte_buffer both = encode_stun_request({vector_id, true, true});
    CHECK(to_hex(bytes_view(both).subspan(20, 8)) == "0003000400000006");
    CHECK(both.size() == 36);
    CHECK(read_stun_request(both).has_value());
    const byte_buffer port = encode_stun_request({vector_id, false, true});
    CHECK(to_hex(bytes_view(port).subspan(20, 8)) == "0003000400000002");
}

TEST_CASE("stun: a request without a fingerprint is not ours", "[nat]") {
    const auto read = read_stun_request(message("0001", ""));
    REQUIRE(read.has_error());
    CHECK(read.error() == stun_errc::bad_fingerprint);
}

TEST_CASE("stun: an old server says MAPPED-ADDRESS", "[nat]") {
    const auto read = read_stun_answer(message("0101", "0001000800018055c0000201"));
    REQUIRE(read.has_value());
    CHECK(read->mapped->to_string() == "192.0.2.1:32853");
    // The other one is preferred: NATs rewrite this one.
    const auto both = read_stun_answer(message("0101", "0001000800010001c6336401" + mapped));
    REQUIRE(both.has_value());
    CHECK(both->mapped->to_string() == "192.0.2.1:32853");
}

TEST_CASE("stun: where else the server is", "[nat]") {
    const auto read = read_stun_answer(
        message("0101", mapped + "802b000800010d96c6336401" + "802c000800010d97c6336402")
    );
    REQUIRE(read.has_value());
    CHECK(read->origin->to_string() == "198.51.100.1:3478");
    CHECK(read->other->to_string() == "198.51.100.2:3479");
}

TEST_CASE("stun: errors", "[nat]") {
    const auto read = read_stun_answer(message("0111", "0009000400000414"));
    REQUIRE(read.has_value());
    CHECK(read->error == 420);
    CHECK_FALSE(read->mapped.has_value());
    CHECK(error_of(message("0111", "")) == stun_errc::malformed);
    CHECK(error_of(message("0111", "0009000400000714")) == stun_errc::malformed);
    CHECK(error_of(message("0111", "0009000200040000")) == stun_errc::malformed);
}

TEST_CASE("stun: what has to be understood and is not", "[nat]") {
    CHECK(error_of(message("0101", mapped + "7fff0000")) == stun_errc::unknown_attribute);
    CHECK(read_stun_answer(message("0101", mapped + "ffff0000")).has_value());
    // Behind the integrity nothing counts, not even that.
    const std::string integrity = "000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7";
    CHECK(read_stun_answer(message("0101", mapped + integrity + "7fff0000")).has_value());
    CHECK(error_of(message("0101", integrity + mapped)) == stun_errc::no_mapped_address);
}

TEST_CASE("stun: addresses that are none", "[nat]") {
    CHECK(error_of(message("0101", "002000040001a147")) == stun_errc::malformed);
    CHECK(error_of(message("0101", "002000080003a147e112a643")) == stun_errc::malformed);
    CHECK(error_of(message("0101", "002000080002a147e112a643")) == stun_errc::malformed);
    CHECK(error_of(message("0101", "")) == stun_errc::no_mapped_address);
}

TEST_CASE("stun: many attributes are too many", "[nat]") {
    std::string many = mapped;
    for (std::size_t i = 0; i < stun_attributes_max; ++i)
        many += "ffff0000";
    CHECK(error_of(message("0101", many)) == stun_errc::malformed);
}

TEST_CASE("stun: told apart from QUIC by its first bytes", "[nat]") {
    byte_buffer datagram = hex(answer_2_2);
    CHECK(looks_like_stun(datagram));
    datagram[0] = 0x40;  // a short header of QUIC
    CHECK_FALSE(looks_like_stun(datagram));
    datagram[0] = 0xc0;  // and a long one
    CHECK_FALSE(looks_like_stun(datagram));
    CHECK_FALSE(looks_like_stun({}));
}
