// SPDX-License-Identifier: Apache-2.0
#include "limit/packet_seal.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

namespace meshhost::bench {

namespace {

constexpr std::uint8_t first_byte = 0x43;  // short header, 4-byte packet number
constexpr std::size_t number_offset = packet_header_bytes - 4;
constexpr std::size_t sample_bytes = 16;

void require(int status) {
    if (status >= 0) return;
    std::fprintf(stderr, "gnutls: %s\n", gnutls_strerror(status));
    std::exit(1);
}

std::array<std::uint8_t, 12> nonce_of(bytes_view packet) noexcept {
    std::array<std::uint8_t, 12> nonce{};
    std::copy_n(packet.begin() + number_offset, 4, nonce.end() - 4);
    return nonce;
}

}  // namespace

packet_seal::packet_seal() {
    std::array<unsigned char, 16> bytes{};
    const gnutls_datum_t key{bytes.data(), static_cast<unsigned>(bytes.size())};
    require(gnutls_aead_cipher_init(&payload_cipher_, GNUTLS_CIPHER_AES_128_GCM, &key));
    require(gnutls_cipher_init(&header_cipher_, GNUTLS_CIPHER_AES_128_CBC, &key, nullptr));
}

packet_seal::~packet_seal() {
    gnutls_aead_cipher_deinit(payload_cipher_);
    gnutls_cipher_deinit(header_cipher_);
}

/// One block of CBC from a zero vector is one block of ECB.
void packet_seal::mask_header(std::span<std::uint8_t> packet) {
    std::array<std::uint8_t, sample_bytes> mask{};
    gnutls_cipher_set_iv(header_cipher_, mask.data(), mask.size());
    const auto sample = packet.subspan(packet_header_bytes, sample_bytes);
    require(gnutls_cipher_encrypt2(
        header_cipher_,
        sample.data(),
        sample.size(),
        mask.data(),
        mask.size()
    ));
    packet[0] = static_cast<std::uint8_t>(packet[0] ^ (mask[0] & 0x1f));
    for (std::size_t i = 0; i < 4; ++i)
        packet[number_offset + i] ^= mask[1 + i];
}

void packet_seal::seal(std::span<std::uint8_t> packet, bytes_view payload, std::uint32_t number) {
    packet[0] = first_byte;
    for (std::size_t i = 0; i < 4; ++i)
        packet[number_offset + i] = static_cast<std::uint8_t>(number >> (24 - 8 * i));
    const auto nonce = nonce_of(packet);
    std::size_t sealed_bytes = packet.size() - packet_header_bytes;
    require(gnutls_aead_cipher_encrypt(
        payload_cipher_,
        nonce.data(),
        nonce.size(),
        packet.data(),
        packet_header_bytes,
        packet_tag_bytes,
        payload.data(),
        payload.size(),
        packet.data() + packet_header_bytes,
        &sealed_bytes
    ));
    mask_header(packet);
}

std::optional<std::span<std::uint8_t>> packet_seal::open(std::span<std::uint8_t> packet) {
    if (packet.size() < packet_header_bytes + packet_tag_bytes) return std::nullopt;
    mask_header(packet);
    const auto nonce = nonce_of(packet);
    const auto sealed = packet.subspan(packet_header_bytes);
    std::size_t payload_bytes = sealed.size() - packet_tag_bytes;
    const int status = gnutls_aead_cipher_decrypt(
        payload_cipher_,
        nonce.data(),
        nonce.size(),
        packet.data(),
        packet_header_bytes,
        packet_tag_bytes,
        sealed.data(),
        sealed.size(),
        sealed.data(),
        &payload_bytes
    );
    if (status < 0) return std::nullopt;
    return sealed.first(payload_bytes);
}

}  // namespace meshhost::bench
