// SPDX-License-Identifier: Apache-2.0
#pragma once
// What anybody can send: a client's Initial packet whose protection is right, because its keys
// follow from the connection id in its header (RFC 9001 §5.2), around frames of one's own.
#include "base/bytes.hpp"

namespace meshhost::sim {

/// A datagram with one such packet, padded to 1200 bytes with PADDING frames unless `frames` are
/// longer. `frames` are the plaintext payload; `dcid` is 8..20 bytes, `scid` at most 20.
byte_buffer forge_initial(
    bytes_view dcid,
    bytes_view scid,
    std::uint32_t packet_number,
    bytes_view frames
);

/// A CRYPTO frame (RFC 9000 §19.6). `offset` and the length are below 16384.
byte_buffer crypto_frame(std::uint16_t offset, bytes_view data);

}  // namespace meshhost::sim
