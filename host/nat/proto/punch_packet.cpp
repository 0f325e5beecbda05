// SPDX-License-Identifier: Apache-2.0
#include "nat/proto/punch_packet.hpp"

#include "base/assert.hpp"
#include "identity/sodium.hpp"
#include "wire/byte_reader.hpp"
#include "wire/byte_writer.hpp"

#include <algorithm>

#include <sodium/crypto_generichash.h>
#include <sodium/utils.h>

namespace meshhost::nat::proto {

namespace {

// The last byte is the version of this layout.
constexpr std::array<std::uint8_t, 4> magic{0x0b, 'm', 'h', 0x01};
constexpr std::size_t tag_size = 16;
constexpr std::size_t sealed_size = punch_packet_size - tag_size;
constexpr std::size_t address_size = 19;  // family, 16 bytes, port

constexpr std::uint8_t answer_bit = 1;
constexpr std::uint8_t server_bit = 2;

using tag = std::array<std::uint8_t, tag_size>;
using address_field = std::array<std::uint8_t, address_size>;

/// BLAKE2b (RFC 7693) with a key; the output length is part of the function.
template <std::size_t N>
std::array<std::uint8_t, N> keyed(const punch_secret& key, bytes_view message) {
    std::array<std::uint8_t, N> out{};
    crypto_generichash(out.data(), N, message.data(), message.size(), key.data(), key.size());
    return out;
}

/// libsodium makes no shorter output than 16 bytes.
punch_token make_token(const punch_secret& key) {
    const auto whole = keyed<16>(key, as_bytes("meshhost punch token"));
    punch_token token{};
    std::copy_n(whole.begin(), token.size(), token.begin());
    return token;
}

std::uint8_t kind_of(punch_role from, bool is_answer) noexcept {
    const int bits = (is_answer ? answer_bit : 0) | (from == punch_role::server ? server_bit : 0);
    return static_cast<std::uint8_t>(bits);
}

/// Some NATs rewrite whatever looks like an address of theirs (RFC 8489 §14.2).
address_field masked(address_field field, const punch_token& token, std::uint64_t nonce) noexcept {
    for (std::size_t i = 0; i < field.size(); ++i) {
        const auto shifted = static_cast<std::uint8_t>(nonce >> (8 * (i % 8)));
        field[i] = static_cast<std::uint8_t>(field[i] ^ token[i % token.size()] ^ shifted);
    }
    return field;
}

address_field field_of(const std::optional<ip_endpoint>& seen) noexcept {
    address_field field{};
    if (!seen) return field;
    field[0] = static_cast<std::uint8_t>(seen->family);
    std::copy(seen->address.begin(), seen->address.end(), field.begin() + 1);
    field[17] = static_cast<std::uint8_t>(seen->port >> 8);
    field[18] = static_cast<std::uint8_t>(seen->port);
    return field;
}

std::optional<ip_endpoint> address_in(const address_field& field) noexcept {
    if (field[0] != 4 && field[0] != 6) return std::nullopt;
    ip_endpoint seen;
    seen.family = static_cast<ip_family>(field[0]);
    std::copy_n(field.begin() + 1, seen.is_v4() ? 4 : 16, seen.address.begin());
    seen.port = static_cast<std::uint16_t>(field[17] << 8 | field[18]);
    return seen;
}

}  // namespace

bool looks_like_punch(bytes_view datagram) noexcept {
    return datagram.size() == punch_packet_size
           && std::equal(magic.begin(), magic.end(), datagram.begin());
}

std::optional<punch_token> token_of(bytes_view datagram) noexcept {
    if (!looks_like_punch(datagram)) return std::nullopt;
    wire::byte_reader in(datagram.subspan(magic.size() + 1));
    return in.array<std::tuple_size_v<punch_token>>();
}

punch_sealer::punch_sealer(const punch_secret& secret, punch_role self)
    : key_(secret)
    , self_(self) {
    identity::require_sodium();
    token_ = make_token(key_);
}

punch_sealer::~punch_sealer() {
    sodium_memzero(key_.data(), key_.size());
}

punch_packet punch_sealer::seal(const punch_probe& probe) const {
    byte_buffer bytes;
    bytes.reserve(punch_packet_size);
    wire::byte_writer out(bytes);
    out.bytes(magic);
    out.u8(kind_of(self_, probe.is_answer));
    out.bytes(token_);
    out.u32be(probe.round);
    out.u64be(probe.nonce);
    out.bytes(masked(field_of(probe.seen), token_, probe.nonce));
    MH_ASSERT(bytes.size() == sealed_size, "the layout is fixed");
    out.bytes(keyed<tag_size>(key_, bytes));
    punch_packet packet{};
    std::copy(bytes.begin(), bytes.end(), packet.begin());
    return packet;
}

std::optional<punch_probe> punch_sealer::open(bytes_view datagram) const {
    const auto token = token_of(datagram);
    if (!token || *token != token_) return std::nullopt;
    const tag expected = keyed<tag_size>(key_, datagram.first(sealed_size));
    const bytes_view given = datagram.subspan(sealed_size);
    if (sodium_memcmp(expected.data(), given.data(), tag_size) != 0) return std::nullopt;

    wire::byte_reader in(datagram.subspan(magic.size()));
    const std::uint8_t kind = in.u8();
    in.take(token_.size());
    punch_probe probe;
    probe.is_answer = (kind & answer_bit) != 0;
    probe.round = in.u32be();
    probe.nonce = in.u64be();
    probe.seen = address_in(masked(in.array<address_size>(), token_, probe.nonce));
    // Our own packets, sent back to us, are not the peer's.
    if (kind != kind_of(other(self_), probe.is_answer)) return std::nullopt;
    return probe;
}

}  // namespace meshhost::nat::proto
