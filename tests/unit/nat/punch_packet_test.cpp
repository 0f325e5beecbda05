// SPDX-License-Identifier: Apache-2.0
#include "nat/proto/punch_packet.hpp"
#include "support/catch.hpp"

#include <algorithm>

using namespace meshhost;
using namespace meshhost::nat::proto;

namespace {

punch_secret secret_of(std::uint8_t byte) {
    punch_secret secret;
    secret.fill(byte);
    return secret;
}

const ip_endpoint somewhere = ip_endpoint::parse("203.0.113.9:40000").value();

}  // namespace

// docs/wire/punch.md has the same bytes.
TEST_CASE("punch_packet: the vectors of docs/wire/punch.md", "[nat]") {
    const punch_sealer client(secret_of(0x42), punch_role::client);
    const punch_sealer server(secret_of(0x42), punch_role::server);
    CHECK(to_hex(client.token()) == "dab4f62975327019");
    const punch_probe question{false, 7, 0x0000000700000001, std::nullopt};
    const punch_packet asked = client.seal(question);
    CHECK(
        to_hex(asked)
        == "0b6d680100dab4f62975327019000000070000000700000001dbb4f62972327019dbb4f62972327019dbb4f"
           "68c51caf7c6425ae86b1e9e62cb0ba417"
    );
    const punch_probe answer{true, 7, 0x0000000700000001, somewhere};
    const punch_packet answered = server.seal(answer);
    CHECK(
        to_hex(answered)
        == "0b6d680103dab4f62975327019000000070000000700000001df7ff6587b327019dbb4f62972327019db28b"
           "641ec9d00cc52c3e243c00d16bc3493bb"
    );
    CHECK(server.open(asked) == question);
    CHECK(client.open(answered) == answer);
}

TEST_CASE("punch_packet: told apart from QUIC, STUN, DTLS and RTP by its first byte", "[nat]") {
    const punch_sealer client(secret_of(1), punch_role::client);
    const punch_packet packet = client.seal({});
    CHECK(packet[0] > 3);   // STUN: 0 to 3
    CHECK(packet[0] < 16);  // ZRTP and DTLS: 16 to 63; QUIC, TURN and RTP: above
    CHECK(looks_like_punch(packet));
    CHECK(token_of(packet) == client.token());
    for (const int first : {0x00, 0x01, 0x16, 0x40, 0x80, 0xc0}) {
        punch_packet other = packet;
        other[0] = static_cast<std::uint8_t>(first);
        CHECK_FALSE(looks_like_punch(other));
    }
    CHECK_FALSE(looks_like_punch({}));
    CHECK_FALSE(looks_like_punch(bytes_view(packet).first(punch_packet_size - 1)));
    CHECK_FALSE(token_of(bytes_view(packet).first(20)));
}

TEST_CASE("punch_packet: one bit changed, and it is nobody's", "[nat]") {
    const punch_sealer client(secret_of(1), punch_role::client);
    const punch_sealer server(secret_of(1), punch_role::server);
    const punch_packet packet = client.seal({false, 3, 9, somewhere});
    REQUIRE(server.open(packet));
    for (std::size_t bit = 0; bit < packet.size() * 8; ++bit) {
        punch_packet changed = packet;
        changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1u << bit % 8));
        CHECK_FALSE(server.open(changed));
    }
    byte_buffer longer(packet.begin(), packet.end());
    longer.push_back(0);
    CHECK_FALSE(server.open(longer));
}

TEST_CASE("punch_packet: one's own come back to nobody, another connection's neither", "[nat]") {
    const punch_sealer client(secret_of(1), punch_role::client);
    const punch_sealer server(secret_of(1), punch_role::server);
    const punch_sealer stranger(secret_of(2), punch_role::server);
    const punch_packet packet = client.seal({false, 3, 9, std::nullopt});
    CHECK(server.open(packet));
    CHECK_FALSE(client.open(packet));
    CHECK_FALSE(stranger.open(packet));
    CHECK(stranger.token() != server.token());
}

TEST_CASE("punch_packet: an address is not there to be read, or rewritten", "[nat]") {
    const punch_sealer server(secret_of(1), punch_role::server);
    const punch_sealer client(secret_of(1), punch_role::client);
    for (const auto* const text : {"203.0.113.9:40000", "[2001:db8::7]:1"}) {
        const ip_endpoint seen = ip_endpoint::parse(text).value();
        const punch_packet packet = server.seal({true, 3, 9, seen});
        const auto size = seen.is_v4() ? 4 : 16;
        const auto hit = std::search(
            packet.begin(),
            packet.end(),
            seen.address.begin(),
            seen.address.begin() + size
        );
        CHECK(hit == packet.end());
        CHECK(client.open(packet)->seen == seen);
    }
}
