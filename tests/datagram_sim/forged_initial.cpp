// SPDX-License-Identifier: Apache-2.0
#include "datagram_sim/forged_initial.hpp"

#include "base/assert.hpp"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include <algorithm>
#include <array>

namespace meshhost::sim {

namespace {

constexpr std::size_t datagram_size = 1200;
constexpr std::size_t number_size = 4;
constexpr std::size_t tag_size = 16;

void require(int rv) {
    MH_ASSERT(rv >= 0, "GnuTLS does what it is asked");
}

gnutls_datum_t datum(bytes_view bytes) {
    return {const_cast<std::uint8_t*>(bytes.data()), static_cast<unsigned>(bytes.size())};
}

/// HKDF-Expand-Label of TLS 1.3 with an empty context (RFC 8446 §7.1).
byte_buffer expand(bytes_view secret, std::string_view label, std::size_t size) {
    byte_buffer info{0, static_cast<std::uint8_t>(size)};
    info.push_back(static_cast<std::uint8_t>(6 + label.size()));
    for (const char c : std::string_view("tls13 "))
        info.push_back(static_cast<std::uint8_t>(c));
    info.insert(info.end(), label.begin(), label.end());
    info.push_back(0);
    byte_buffer out(size);
    const gnutls_datum_t key = datum(secret);
    const gnutls_datum_t context = datum(info);
    require(gnutls_hkdf_expand(GNUTLS_MAC_SHA256, &key, &context, out.data(), out.size()));
    return out;
}

byte_buffer client_initial_secret(bytes_view dcid) {
    const auto salt = from_hex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a");
    std::array<std::uint8_t, 32> extracted;
    const gnutls_datum_t key = datum(dcid);
    const gnutls_datum_t context = datum(*salt);
    require(gnutls_hkdf_extract(GNUTLS_MAC_SHA256, &key, &context, extracted.data()));
    return expand(extracted, "client in", 32);
}

void seal(byte_buffer& packet, std::size_t header_size, bytes_view secret) {
    const byte_buffer key = expand(secret, "quic key", 16);
    byte_buffer nonce = expand(secret, "quic iv", 12);
    for (std::size_t i = 0; i < number_size; ++i)
        nonce[8 + i] ^= packet[header_size - number_size + i];
    gnutls_aead_cipher_hd_t cipher = nullptr;
    const gnutls_datum_t key_datum = datum(key);
    require(gnutls_aead_cipher_init(&cipher, GNUTLS_CIPHER_AES_128_GCM, &key_datum));
    const byte_buffer plain(
        packet.begin() + static_cast<std::ptrdiff_t>(header_size),
        packet.end()
    );
    packet.resize(packet.size() + tag_size);
    std::size_t sealed = packet.size() - header_size;
    require(gnutls_aead_cipher_encrypt(
        cipher,
        nonce.data(),
        nonce.size(),
        packet.data(),
        header_size,
        tag_size,
        plain.data(),
        plain.size(),
        packet.data() + header_size,
        &sealed
    ));
    gnutls_aead_cipher_deinit(cipher);
}

/// Header protection (RFC 9001 §5.4.3): one AES block of the sample.
void mask_header(byte_buffer& packet, std::size_t header_size, bytes_view secret) {
    const byte_buffer key = expand(secret, "quic hp", 16);
    byte_buffer zero(16);
    gnutls_cipher_hd_t cipher = nullptr;
    const gnutls_datum_t key_datum = datum(key);
    const gnutls_datum_t iv = datum(zero);
    require(gnutls_cipher_init(&cipher, GNUTLS_CIPHER_AES_128_CBC, &key_datum, &iv));
    std::array<std::uint8_t, 16> mask;
    const std::size_t number_at = header_size - number_size;
    require(gnutls_cipher_encrypt2(cipher, &packet[number_at + 4], 16, mask.data(), mask.size()));
    gnutls_cipher_deinit(cipher);
    packet[0] = static_cast<std::uint8_t>(packet[0] ^ (mask[0] & 0x0f));
    for (std::size_t i = 0; i < number_size; ++i)
        packet[number_at + i] ^= mask[1 + i];
}

void append_id(byte_buffer& packet, bytes_view id) {
    packet.push_back(static_cast<std::uint8_t>(id.size()));
    packet.insert(packet.end(), id.begin(), id.end());
}

void append_varint14(byte_buffer& out, std::size_t value) {
    out.push_back(static_cast<std::uint8_t>(0x40 | (value >> 8)));
    out.push_back(static_cast<std::uint8_t>(value));
}

}  // namespace

byte_buffer forge_initial(
    bytes_view dcid,
    bytes_view scid,
    std::uint32_t packet_number,
    bytes_view frames
) {
    byte_buffer packet{0xc3, 0, 0, 0, 1};
    append_id(packet, dcid);
    append_id(packet, scid);
    packet.push_back(0);  // no token
    const std::size_t header_size = packet.size() + 2 + number_size;
    const std::size_t room = datagram_size - header_size - tag_size;
    const std::size_t payload_size = std::max(room, frames.size());
    append_varint14(packet, number_size + payload_size + tag_size);
    for (int shift = 24; shift >= 0; shift -= 8)
        packet.push_back(static_cast<std::uint8_t>(packet_number >> shift));
    packet.insert(packet.end(), frames.begin(), frames.end());
    packet.resize(header_size + payload_size);
    const byte_buffer secret = client_initial_secret(dcid);
    seal(packet, header_size, secret);
    mask_header(packet, header_size, secret);
    return packet;
}

byte_buffer crypto_frame(std::uint16_t offset, bytes_view data) {
    byte_buffer frame{0x06};
    append_varint14(frame, offset);
    append_varint14(frame, data.size());
    frame.insert(frame.end(), data.begin(), data.end());
    return frame;
}

}  // namespace meshhost::sim
