// SPDX-License-Identifier: Apache-2.0
#pragma once
// How this host is reached and reaches others, as plain values and as JSON.
#include "base/time.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace meshhost::admin {

struct reach_snapshot {
    struct address {
        std::string at;    ///< "203.0.113.7:41641"
        std::string kind;  ///< "interface", "reflexive", "port_mapped"
    };
    /// One that tells us how it sees us.
    struct server {
        std::string name;
        std::string seen;  ///< empty: it does not answer
        std::optional<duration> rtt;
    };
    struct relay {
        std::string url;
        bool is_own = false;
        bool is_home = false;
        std::string status;  ///< "up", "connecting", "down"
        std::string reason;  ///< why it is down; empty when it is not
        std::optional<duration> latency;
        std::uint64_t datagrams_sent = 0;
        std::uint64_t datagrams_received = 0;
        std::uint64_t datagrams_dropped = 0;
    };
    /// A peer that is, or was, spoken to by way of a relay.
    struct peer {
        std::string id;
        std::string name;
        std::string reason;  ///< "punched", "punching (2 of 3)"
        std::string words;   ///< the same in a sentence
        std::string relay;
        std::string direct;  ///< the address in use; empty: none
        std::uint64_t rounds = 0;
        std::uint64_t moves = 0;
        std::uint64_t moves_failed = 0;
    };

    std::vector<address> addresses;
    std::string udp = "unknown";      ///< gets out, and answers in: "yes", "no"
    std::string mapping = "unknown";  ///< of ports by a NAT: "same" for all, "varies", "none"
    bool is_relay_only = false;       ///< the operator wants it so
    // Of the last net report; "unknown" is not "no".
    std::string filtering = "unknown";  ///< "endpoint_independent", "address_dependent", ...
    std::string hairpin = "unknown";
    std::string captive_portal = "unknown";
    std::string pcp = "unknown";
    std::string nat_pmp = "unknown";
    std::string upnp = "unknown";
    std::vector<server> servers;
    std::vector<relay> relays;
    std::vector<peer> peers;
    std::uint64_t failovers = 0;       ///< from a path that fell silent to a relay
    std::optional<std::size_t> found;  ///< by discovery; nullopt: it is switched off
};

/// What all of it comes to.
struct reach_verdict {
    const char* word;   ///< "good", "hard_nat", "relayed", "alone", "unknown"
    const char* words;  ///< a sentence
};
reach_verdict judge(const reach_snapshot& reach);

/// meshhost.reach/1
boost::json::object reach_json(const reach_snapshot& reach);

}  // namespace meshhost::admin
