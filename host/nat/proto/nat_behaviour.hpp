// SPDX-License-Identifier: Apache-2.0
#pragma once
// How a NAT behaves, in the terms of RFC 4787 §4.1 and §5 for engineers, in one word for operators.
#include "base/ip_endpoint.hpp"

#include <cstdint>
#include <span>

namespace meshhost::nat::proto {

/// Unknown is not no.
enum class finding : std::uint8_t { unknown, no, yes };

/// "unknown", "no", "yes".
const char* to_string(finding what) noexcept;

/// Which port a NAT gives to what is sent from one of ours. Settled for good once shipped: values
/// are appended.
enum class nat_mapping : std::uint8_t {
    unknown,
    none,                        ///< addresses are not translated
    endpoint_independent,        ///< the same port whomever it is sent to
    address_dependent,           ///< another for each host
    address_and_port_dependent,  ///< another for each port of a host
    endpoint_dependent,          ///< one of the last two
};

/// "endpoint_independent".
const char* to_string(nat_mapping mapping) noexcept;

/// What comes in to such a port, or to a firewall's. Settled likewise.
enum class nat_filtering : std::uint8_t {
    unknown,
    endpoint_independent,        ///< anything, from anybody
    address_dependent,           ///< anything from hosts that were sent to
    address_and_port_dependent,  ///< what was sent to, and nothing else
};

/// "address_dependent".
const char* to_string(nat_filtering filtering) noexcept;

/// One word for an operator.
enum class nat_grade : std::uint8_t {
    unknown,
    none,      ///< no NAT, and anybody can send to us
    open,      ///< anybody, once we have sent anything
    moderate,  ///< hole punching works with all but the strict
    strict,    ///< another port for each destination: hole punching works with the open ones
    blocked,   ///< no UDP comes back
};

/// "moderate".
const char* to_string(nat_grade grade) noexcept;
/// One sentence, without a full stop.
const char* describe(nat_grade grade) noexcept;

nat_grade grade_of(finding udp, nat_mapping mapping, nat_filtering filtering) noexcept;

/// Whether two hosts will get a direct path by hole punching. Unknown where one of them is not
/// known well enough. Port mappings, a common network and IPv6 are another way, not looked at.
finding can_punch(nat_grade one, nat_grade other) noexcept;

/// What the addresses that different hosts saw at the same time tell. `local` are this machine's
/// own; `hosts_seen` has one address a host. Fewer than two: unknown, or none.
nat_mapping mapping_of(
    std::span<const ip_endpoint> seen_by_hosts,
    std::span<const ip_endpoint> local
);

/// Whether `seen` is an address of this machine itself: then nothing was translated.
bool is_own(const ip_endpoint& seen, std::span<const ip_endpoint> local) noexcept;

}  // namespace meshhost::nat::proto
