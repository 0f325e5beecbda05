// SPDX-License-Identifier: Apache-2.0
#pragma once
// All one needs to reach an endpoint: who it is, and where it may be found.
#include "base/error.hpp"
#include "base/ip_endpoint.hpp"
#include "identity/endpoint_id.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace meshhost::identity {

/// Addresses are hints: only the handshake proves that `id` is there.
struct endpoint_addr {
    endpoint_id id;
    std::vector<std::string> relays;  ///< relay URLs, normalised
    std::vector<ip_endpoint> direct;  ///< direct addresses

    friend bool operator==(const endpoint_addr&, const endpoint_addr&) = default;
};

/// Sorts the addresses as a ticket lists them, and drops duplicates.
void put_in_order(endpoint_addr& addr);

/// The most addresses a ticket may carry; more is refused.
inline constexpr std::size_t ticket_addresses_max = 32;

/// iroh's EndpointTicket: "endpoint" followed by lower-case RFC 4648 base32 of the postcard form.
/// Of more than ticket_addresses_max addresses the first ones in order are written.
std::string format_ticket(const endpoint_addr& addr);

/// Reads what format_ticket writes, and every ticket of iroh 1.x; custom transports are skipped.
/// Errors: E_BAD_TICKET with what is wrong and where.
outcome<endpoint_addr> parse_ticket(std::string_view text);

/// What a person may write for a peer: a ticket, `ID@ADDR` with one or more comma-separated ADDRs,
/// which may be relays' URLs ("ID@192.0.2.7:4433,https://relay.example"), or an id alone.
/// Errors: E_BAD_TICKET, E_BAD_PEER.
outcome<endpoint_addr> parse_peer(std::string_view text);

}  // namespace meshhost::identity
