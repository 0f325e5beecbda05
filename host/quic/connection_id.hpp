// SPDX-License-Identifier: Apache-2.0
#pragma once
// Connection ids (RFC 9000 §5.1): ours name the shard that owns them in their first two bytes,
// so that a later multi-shard host can route a datagram without a table.
#include "base/bytes.hpp"

#include <ngtcp2/ngtcp2.h>

#include <array>
#include <cstring>

namespace meshhost::quic {

/// A connection id as a key. Comparable and hashable by its bytes.
struct connection_id {
    std::uint8_t size = 0;
    std::array<std::uint8_t, NGTCP2_MAX_CIDLEN> bytes{};

    connection_id() = default;
    connection_id(const std::uint8_t* data, std::size_t length) noexcept
        : size(static_cast<std::uint8_t>(length)) {
        std::memcpy(bytes.data(), data, length);
    }
    explicit connection_id(const ngtcp2_cid& cid) noexcept
        : connection_id(cid.data, cid.datalen) {}

    friend bool operator==(const connection_id&, const connection_id&) = default;
};

/// SipHash-2-4 under a key drawn at start: peers choose some of the ids we look up, and must not
/// be able to make them collide.
class connection_id_hash {
public:
    connection_id_hash();
    std::size_t operator()(const connection_id& id) const noexcept;

private:
    std::array<std::uint8_t, 16> key_;
};

using reset_token = std::array<std::uint8_t, NGTCP2_STATELESS_RESET_TOKENLEN>;

/// Issues our ids and the stateless reset tokens that belong to them (RFC 9000 §10.3). The token
/// depends on the id and a key that survives a restart, so that a restarted host can tell peers
/// of its former life that their connections are gone.
class connection_id_issuer {
public:
    connection_id_issuer(std::uint16_t shard, const std::array<std::uint8_t, 32>& reset_key);

    ngtcp2_cid issue() const;
    reset_token token_of(const ngtcp2_cid& cid) const;

private:
    std::uint16_t shard_;
    std::array<std::uint8_t, 32> reset_key_;
};

/// Fills `out` from the system's randomness.
void fill_random(std::uint8_t* out, std::size_t size);

}  // namespace meshhost::quic
