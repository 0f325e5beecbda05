// SPDX-License-Identifier: Apache-2.0
#pragma once
// The datagrams that punch the holes (docs/wire/punch.md): plain UDP from the socket that QUIC
// uses, told apart from it and from STUN by the first byte, authentic by a tag under a secret that
// the two ends alone have. Every packet has the same size, so an answer is never larger than what
// it answers.
//
//    0        4      5         13       17       25                  44     60
//   +--------+------+---------+--------+--------+-------------------+------+
//   | magic  | kind | token   | round  | nonce  | the seen address  | tag  |
//   +--------+------+---------+--------+--------+-------------------+------+
#include "base/bytes.hpp"
#include "base/ip_endpoint.hpp"

#include <array>
#include <optional>

namespace meshhost::nat::proto {

/// Which end of the QUIC connection: the client is who dialled.
enum class punch_role : std::uint8_t { client = 0, server = 1 };

constexpr punch_role other(punch_role role) noexcept {
    return role == punch_role::client ? punch_role::server : punch_role::client;
}

/// From the TLS exporter (RFC 8446 §7.5) of the connection: label `punch_exporter_label`, empty
/// context. Both ends have the same.
using punch_secret = std::array<std::uint8_t, 32>;
inline constexpr const char* punch_exporter_label = "EXPORTER-meshhost-punch";

/// Names the connection in its probes: how a host finds whose probe it got.
using punch_token = std::array<std::uint8_t, 8>;

inline constexpr std::size_t punch_packet_size = 60;
using punch_packet = std::array<std::uint8_t, punch_packet_size>;

struct punch_probe {
    bool is_answer = false;
    std::uint32_t round = 0;
    std::uint64_t nonce = 0;  ///< the asker's; the answer repeats it
    /// Of an answer: where the question came from, as the answerer saw it.
    std::optional<ip_endpoint> seen;

    friend bool operator==(const punch_probe&, const punch_probe&) = default;
};

/// Whether a datagram is meant to be one of ours. RFC 9443 leaves its first byte to nobody: QUIC's,
/// STUN's, DTLS's and RTP's are others.
bool looks_like_punch(bytes_view datagram) noexcept;

/// Whose probe it says that it is; nothing is proven. nullopt: no probe.
std::optional<punch_token> token_of(bytes_view datagram) noexcept;

/// Makes and checks the packets of one connection. Holds its secret, wiped when it goes.
class punch_sealer {
public:
    /// `self`: which end this is.
    punch_sealer(const punch_secret& secret, punch_role self);
    punch_sealer(const punch_sealer&) = delete;
    punch_sealer& operator=(const punch_sealer&) = delete;
    ~punch_sealer();

    const punch_token& token() const noexcept { return token_; }

    punch_packet seal(const punch_probe& probe) const;
    /// nullopt: not of the other end of this connection, or changed on its way.
    std::optional<punch_probe> open(bytes_view datagram) const;

private:
    punch_secret key_{};
    punch_token token_{};
    punch_role self_;
};

}  // namespace meshhost::nat::proto
