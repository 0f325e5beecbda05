// SPDX-License-Identifier: Apache-2.0
#pragma once
// How a peer is reached, and why not better: one word, the same in logs, digests, the CLI, the
// dashboard and metrics; one sentence for a person.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meshhost::nat::proto {

/// Settled for good once shipped: values are appended, never renamed, never given another number.
enum class reach_reason : std::uint8_t {
    not_tried = 0,  ///< there is no path yet

    // A direct path carries the bytes, because …
    same_host = 1,    ///< both ends are on this machine
    same_lan = 2,     ///< both ends are at private addresses of one network
    direct = 3,       ///< one end is reachable at a public address of its own
    punched = 4,      ///< both ends opened their NATs or firewalls for each other
    port_mapped = 5,  ///< a router forwards a port to one end

    // A relay carries the bytes, because …
    punching = 16,              ///< a direct path is being looked for
    nat_symmetric_both = 17,    ///< both NATs give each destination another port
    nat_symmetric_hard = 18,    ///< one NAT does, and the other end is picky about ports
    udp_blocked = 19,           ///< no UDP leaves one of the two networks
    no_candidates = 20,         ///< neither end has an address that the other could try
    peer_does_not_punch = 21,   ///< the peer speaks no hole punching
    relay_only_by_config = 22,  ///< one end's operator wants no direct paths
    no_answer = 23,             ///< no probe came through, and nothing tells why
    migration_failed = 24,      ///< probes came through; QUIC could not use the path
    direct_lost = 25,           ///< the direct path went silent, and another is not yet found
};

/// "nat_symmetric_both".
const char* to_string(reach_reason reason) noexcept;
/// The mirror of to_string(); nullopt for any other word.
std::optional<reach_reason> reach_reason_of(std::string_view word) noexcept;
/// One sentence, without a full stop.
const char* describe(reach_reason reason) noexcept;

bool is_direct(reach_reason reason) noexcept;
bool is_relayed(reach_reason reason) noexcept;

/// A reason, and how far hole punching has come where it goes on.
struct reach {
    reach_reason why = reach_reason::not_tried;
    std::uint8_t round = 0;  ///< 1 … rounds; 0: no round is under way
    std::uint8_t rounds = 0;

    friend bool operator==(const reach&, const reach&) = default;
};

/// "punching (2 of 3)", "punched".
std::string to_string(const reach& how);

}  // namespace meshhost::nat::proto
