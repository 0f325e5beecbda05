// SPDX-License-Identifier: Apache-2.0
#pragma once
// Why a connection ended: a closed set, the same in logs, counters, the CLI and tests.
#include <cstddef>
#include <cstdint>
#include <string>

namespace meshhost::quic {

enum class close_cause : std::uint8_t {
    closed_locally,     ///< close() here
    closed_by_peer,     ///< the peer's application closed it; `code` and `reason` are the peer's
    transport_error,    ///< the peer's or our QUIC stack gave up; `code` is RFC 9000 §20.1's
    idle_timeout,       ///< nothing heard for the idle limit: the peer died or the path is gone
    handshake_timeout,  ///< no address answered in time
    identity_mismatch,  ///< somebody else's key is at the address
    alpn_mismatch,      ///< the peer does not speak the protocol (0x178)
    stateless_reset,    ///< the peer lost the connection's state, by a restart
    refused,            ///< a limit here or there: half-open, connections a peer
    no_address,         ///< nothing to dial
    endpoint_closed,
    unresponsive,  ///< it was asked and did not answer: it hangs, it died, or the path is gone
    port_closed,   ///< its host says that nobody listens at the port
};

inline constexpr std::size_t close_cause_count = 13;

/// Somebody at the peer's address said that the other end of the connection is no more; a silence
/// says less. After a stateless reset the host is there, and has either restarted or given this
/// connection up.
constexpr bool is_positive(close_cause cause) noexcept {
    return cause == close_cause::port_closed || cause == close_cause::stateless_reset;
}

/// A few fixed words, for logs and people.
const char* to_string(close_cause cause) noexcept;

/// More would not fit into a small packet; what is beyond it is cut off.
inline constexpr std::size_t close_reason_bytes_max = 256;

struct close_reason {
    close_cause cause = close_cause::closed_locally;
    std::uint64_t code = 0;
    std::string reason;  ///< the peer's words, made printable; or our detail
};

/// Cut to close_reason_bytes_max; other than printable ASCII becomes '?': they end in logs.
std::string printable_reason(const std::uint8_t* data, std::size_t size);

}  // namespace meshhost::quic
