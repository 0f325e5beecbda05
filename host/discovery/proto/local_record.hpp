// SPDX-License-Identifier: Apache-2.0
#pragma once
// What hosts on one network say to each other, in the form of iroh's local discovery
// (swarm-discovery, as iroh-mdns-address-lookup 0.6 uses it): "_irohv1._udp.local.", SRV records
// whose targets have A and AAAA records beside them, a TXT record with a relay.
#include "base/bytes.hpp"
#include "discovery/proto/dns_message.hpp"
#include "identity/endpoint_addr.hpp"

#include <optional>
#include <vector>

namespace meshhost::discovery::proto {

inline constexpr std::uint16_t mdns_port = 5353;
/// What we send at most: an IPv6 packet of 1,280 bytes. iroh reads 1,472.
inline constexpr std::size_t local_message_max = 1'232;
/// Of one endpoint, read and written (a guess; iroh passes with 16).
inline constexpr std::size_t local_addresses_max = 16;
/// Ports of one endpoint, written: each costs a whole name.
inline constexpr std::size_t local_ports_max = 4;
/// Endpoints in one message, read: each costs a check of its key. Everybody answers for himself.
inline constexpr std::size_t local_endpoints_max = 8;

enum class local_kind : std::uint8_t { query, response };

struct local_message {
    local_kind kind = local_kind::query;
    /// Of a response: who is there, with at least one direct address each.
    std::vector<identity::endpoint_addr> endpoints;
};

/// The same bytes every time.
byte_buffer encode_local_query();

/// nullopt when `self` has no address that others could use: then there is nothing to say.
/// Of too many addresses, ports and relays the first are told.
std::optional<byte_buffer> encode_local_response(const identity::endpoint_addr& self);

/// nullopt for what is no such message. Records of other services, classes and types, labels that
/// are no endpoint id, and addresses that nobody can dial are passed over. Loopback addresses
/// count if `is_own_machine`: the message came from it. Times to live are not looked at: iroh
/// before 0.5 wrote 0 into records of the living.
std::optional<local_message> read_local_message(bytes_view message, bool is_own_machine);

}  // namespace meshhost::discovery::proto
