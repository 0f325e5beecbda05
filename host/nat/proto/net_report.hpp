// SPDX-License-Identifier: Apache-2.0
#pragma once
// What this host knows of its own network. Values alone; unknown is not no.
#include "base/time.hpp"
#include "nat/proto/nat_behaviour.hpp"

#include <optional>
#include <string>
#include <vector>

namespace meshhost::nat::proto {

inline constexpr std::size_t reported_addresses_max = 4;
inline constexpr std::size_t reported_relays_max = 32;

/// Of IPv4, and of IPv6.
struct family_report {
    finding has_address =
        finding::unknown;            ///< an interface has one that is not of this machine alone
    finding udp = finding::unknown;  ///< a server answered
    std::vector<ip_endpoint> seen;   ///< as servers saw the socket that asked; each once
    nat_mapping mapping = nat_mapping::unknown;
    nat_filtering filtering = nat_filtering::unknown;
    finding hairpin = finding::unknown;  ///< the router leads our own address back to us
    std::size_t servers_asked = 0;
    std::size_t servers_answered = 0;
    std::optional<duration> round_trip;  ///< the shortest

    nat_grade grade() const noexcept { return grade_of(udp, mapping, filtering); }
    friend bool operator==(const family_report&, const family_report&) = default;
};

struct relay_latency {
    std::string url;
    std::optional<duration> round_trip;  ///< nullopt: it did not answer
    friend bool operator==(const relay_latency&, const relay_latency&) = default;
};

/// Which ways of asking the router for a port it understands.
struct port_mapping_kinds {
    finding pcp = finding::unknown;
    finding nat_pmp = finding::unknown;
    finding upnp = finding::unknown;

    finding any() const noexcept;
    friend bool operator==(const port_mapping_kinds&, const port_mapping_kinds&) = default;
};

struct net_report {
    time_point made_at{};
    duration took{};
    family_report v4;
    family_report v6;
    std::vector<relay_latency> relays;  ///< the fastest first, those that did not answer last
    port_mapping_kinds port_mapping;
    finding captive_portal = finding::unknown;

    /// Of the family through which more is possible.
    nat_grade grade() const noexcept;
};

/// A line for a person: what works from here, and what to do about what does not.
std::string verdict(const net_report& report);

/// A report on another network, or on one that treats us otherwise: worth telling.
bool is_news(const net_report& before, const net_report& after) noexcept;

}  // namespace meshhost::nat::proto
