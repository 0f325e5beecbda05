// SPDX-License-Identifier: Apache-2.0
#pragma once
// Limits and timings of QUIC connections. The defaults are iroh's where iroh has one.
#include "base/time.hpp"

#include <cstddef>
#include <cstdint>

namespace meshhost::quic {

struct transport_config {
    duration idle_timeout = 30s;
    duration keep_alive = 5s;
    duration handshake_timeout = 10s;

    std::uint64_t streams_bidi_max = 100;  ///< the peer may have open at once
    std::uint64_t streams_uni_max = 100;
    std::uint64_t stream_window = 1'250'000;       ///< receive credit of one stream, bytes
    std::uint64_t connection_window = 4'000'000;   ///< receive credit of a connection, bytes
    std::size_t send_buffer_bytes_max = 1u << 20;  ///< unacknowledged and unsent, a stream
    std::size_t datagrams_queued_max = 64;

    std::size_t connections_max = 4096;
    std::size_t connections_per_peer_max = 16;
    std::size_t half_open_max = 64;        ///< above it, Retry before any state (RFC 9000 §8.1.2)
    std::size_t half_open_hard_max = 512;  ///< above it, validated newcomers are dropped too

    /// UDP payload bytes. Ethernet less IPv6 and UDP headers; path MTU discovery finds the rest.
    std::size_t udp_payload_max = 1452;
};

/// Bytes of every connection id we issue (iroh's length).
inline constexpr std::size_t connection_id_size = 8;
/// How many of our ids a peer may hold, and we of theirs (RFC 9000 §5.1.1).
inline constexpr std::uint64_t active_connection_ids_max = 8;
/// Unidirectional streams a peer may open over the life of a connection, besides the first
/// streams_uni_max: ngtcp2 0.12 lets go of none before the connection ends (fixed in 0.13), some
/// 300 bytes each, and a peer must not be able to make that much of it.
inline constexpr std::size_t streams_uni_lifetime_max = 8192;
/// Distinct paths a connection is remembered to have used; the oldest goes first.
inline constexpr std::size_t paths_per_connection_max = 8;
inline constexpr duration address_token_lifetime = std::chrono::hours(24 * 14);
inline constexpr duration retry_token_lifetime = std::chrono::seconds(15);

}  // namespace meshhost::quic
