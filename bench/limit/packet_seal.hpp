// SPDX-License-Identifier: Apache-2.0
#pragma once
// The protection of one QUIC packet (RFC 9001 §5) and nothing else: AES-128-GCM over the payload,
// AES-ECB over the header, the same library and calls that the transport ends in.
#include "base/bytes.hpp"

#include <gnutls/crypto.h>

#include <cstdint>
#include <optional>

namespace meshhost::bench {

/// First byte, an 8-byte connection id, a 4-byte packet number.
inline constexpr std::size_t packet_header_bytes = 13;
inline constexpr std::size_t packet_tag_bytes = 16;

/// A key that both sides know beforehand: there is no handshake here.
class packet_seal {
public:
    packet_seal();
    packet_seal(const packet_seal&) = delete;
    packet_seal& operator=(const packet_seal&) = delete;
    ~packet_seal();

    /// Writes a packet that fills `packet`. Precondition: packet.size() is that of `payload`,
    /// a header and a tag.
    void seal(std::span<std::uint8_t> packet, bytes_view payload, std::uint32_t number);

    /// Opens in place; nullopt for a forgery.
    std::optional<std::span<std::uint8_t>> open(std::span<std::uint8_t> packet);

private:
    void mask_header(std::span<std::uint8_t> packet);

    gnutls_aead_cipher_hd_t payload_cipher_ = nullptr;
    gnutls_cipher_hd_t header_cipher_ = nullptr;
};

}  // namespace meshhost::bench
