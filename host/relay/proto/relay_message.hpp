// SPDX-License-Identifier: Apache-2.0
#pragma once
// The frames between a relay and its clients, iroh-relay v1 and v2: one binary WebSocket message
// each, a type (a QUIC varint, RFC 9000 section 16) and what belongs to it.
//
//    4 to relay, 6 to client     peer 32 ‖ ecn 1 ‖ datagram
//    5 to relay, 7 to client     peer 32 ‖ ecn 1 ‖ segment size u16 ‖ datagrams back to back
//    8 gone                      peer 32
//    9 ping, 10 pong             8 bytes
//   11 health (v1)               text to the end
//   12 restarting                reconnect in ms u32 ‖ try for ms u32
//   13 status (v2)               1 byte, more are ignored
//
// 0 to 3 are the handshake's (relay_handshake.hpp). All integers big-endian; docs/wire/relay.md.
#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/time.hpp"

#include <array>
#include <cstdint>
#include <string_view>
#include <variant>

namespace meshhost::relay::proto {

enum class relay_version : std::uint8_t { v1 = 1, v2 = 2 };

enum class frame_type : std::uint8_t {
    server_challenge = 0,
    client_auth = 1,
    server_confirms = 2,
    server_denies = 3,
    to_relay = 4,
    to_relay_batch = 5,
    to_client = 6,
    to_client_batch = 7,
    gone = 8,
    ping = 9,
    pong = 10,
    health = 11,
    restarting = 12,
    status = 13,
};

/// Of a frame, behind its type. A relay must not send more to iroh, nor take more.
inline constexpr std::size_t frame_payload_max = 65'536;
/// Of a whole message: the type may be spelt in eight bytes.
inline constexpr std::size_t message_max = frame_payload_max + 8;
inline constexpr std::size_t peer_size = 32;
/// Of the datagrams in one frame, whether one or a batch.
inline constexpr std::size_t datagrams_max = frame_payload_max - peer_size - 3;

/// An endpoint id that nobody has checked: to look up, not to trust.
using peer_bytes = std::array<std::uint8_t, peer_size>;
using ping_data = std::array<std::uint8_t, 8>;

/// `segment_size` 0: a single datagram. `data` is borrowed from the message.
struct datagrams_frame {
    peer_bytes peer;
    std::uint8_t ecn = 0;
    std::uint16_t segment_size = 0;
    std::span<std::uint8_t> data;
};
struct gone_frame {
    peer_bytes peer;
};
struct ping_frame {
    ping_data data;
};
struct pong_frame {
    ping_data data;
};
struct health_frame {
    std::string_view text;
};
struct restarting_frame {
    duration reconnect_in;  ///< whole milliseconds
    duration try_for;
};
struct status_frame {
    static constexpr std::uint8_t healthy = 0;
    static constexpr std::uint8_t same_id_connected = 1;
    static constexpr std::uint8_t rate_limited = 2;

    std::uint8_t value;  ///< other values than these are to be ignored
};

using client_frame = std::variant<datagrams_frame, ping_frame, pong_frame>;
using server_frame = std::variant<
    datagrams_frame,
    gone_frame,
    ping_frame,
    pong_frame,
    health_frame,
    restarting_frame,
    status_frame>;

/// What a client sends to a relay, after the handshake. Errors: those of a peer in errc.
result<client_frame> decode_client_frame(std::span<std::uint8_t> message);
/// What a relay of this version sends to a client. Errors: the same.
result<server_frame> decode_server_frame(std::span<std::uint8_t> message, relay_version version);

/// The type of a message and what is behind it. Errors: malformed, unknown_type, frame_too_large.
struct typed_payload {
    frame_type type;
    std::span<std::uint8_t> payload;
};
result<typed_payload> split_frame(std::span<std::uint8_t> message);

/// A short frame, or the part of one before its data.
struct frame_head {
    static constexpr std::size_t size_max = 1 + peer_size + 3;

    std::array<std::uint8_t, size_max> bytes{};
    std::size_t size = 0;

    bytes_view view() const noexcept { return {bytes.data(), size}; }
    void add(std::uint8_t value) noexcept { bytes[size++] = value; }
    void add(bytes_view value) noexcept;
};

/// Before the data; a batch when `segment_size` is not 0. Precondition: `peer` is 32 bytes.
frame_head head_to_relay(bytes_view peer, std::uint8_t ecn, std::uint16_t segment_size);
frame_head head_to_client(bytes_view peer, std::uint8_t ecn, std::uint16_t segment_size);
frame_head encode(const gone_frame& frame);
frame_head encode(const ping_frame& frame);
frame_head encode(const pong_frame& frame);
/// Spans of more than 49 days become as long.
frame_head encode(const restarting_frame& frame);
frame_head encode(const status_frame& frame);
/// Before its text.
frame_head health_head();

}  // namespace meshhost::relay::proto
