// SPDX-License-Identifier: Apache-2.0
#pragma once
// Asking a router to forward a UDP port: the MAP opcode of the Port Control Protocol (RFC 6887).
#include "base/bytes.hpp"
#include "base/ip_endpoint.hpp"

#include <array>
#include <chrono>
#include <optional>

namespace meshhost::nat::proto {

inline constexpr std::uint16_t pcp_port = 5351;        ///< NAT-PMP's, too
inline constexpr std::size_t pcp_message_max = 1'100;  ///< RFC 6887 §7
using pcp_nonce = std::array<std::uint8_t, 12>;

struct pcp_request {
    ip_endpoint client;               ///< the address it is sent from; its port is that to forward
    pcp_nonce nonce{};                ///< the same for every request about one mapping
    std::chrono::seconds lifetime{};  ///< 0: forget it
    std::optional<ip_endpoint> wanted;  ///< the outer address that it had, and should have again
};

byte_buffer encode_pcp_request(const pcp_request& request);

enum class pcp_verdict : std::uint8_t {
    granted,
    refused,      ///< it speaks PCP, and says no
    unsupported,  ///< it speaks NAT-PMP, another version, or knows no MAP
    foreign,      ///< nothing that answers the request: wait on
};

struct pcp_answer {
    pcp_verdict verdict = pcp_verdict::foreign;
    std::uint8_t result = 0;          ///< RFC 6887 §7.4
    std::chrono::seconds lifetime{};  ///< of the mapping; of a refusal: ask not before
    ip_endpoint outer;                ///< of granted: an address that others could send to
};

pcp_answer read_pcp_answer(bytes_view datagram, const pcp_request& asked);

/// Whether a router can have such an outer address: an IPv4 or IPv6 unicast address and a port.
bool is_outer_address(const ip_endpoint& address) noexcept;

}  // namespace meshhost::nat::proto
