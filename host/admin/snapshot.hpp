// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the local API can tell about a host, as plain values. The composition root fills them from
// the rooms; nothing here knows those rooms. Units: durations in nanoseconds, sizes in bytes.
#include "base/time.hpp"

#include <boost/json/value.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace meshhost::admin {

/// One value that a role put into its node's digest, shown as "<role>.<key>".
struct contribution_snapshot {
    std::string role;
    std::string key;
    std::string unit;
    boost::json::value value;
};

struct path_snapshot {
    std::string kind;    ///< "direct", "relayed", "unknown"
    std::string reason;  ///< "same_host", "lan", ...; may be empty
    std::string remote;  ///< "192.0.2.7:4433"; empty when there is none
    duration rtt{};      ///< 0: not measured yet
    duration rtt_min{};
    std::uint64_t bytes_sent = 0;
    std::uint64_t bytes_received = 0;
    std::size_t mtu = 0;
};

/// What this host knows of another node.
struct peer_snapshot {
    std::string id;       ///< 64 hex digits
    std::string name;     ///< empty until its digest came
    std::string version;  ///< likewise
    /// What the node says of itself (joining, alive, degraded, draining, left), or what is
    /// concluded here: connecting (nothing heard yet), stale (somebody lost or missed it), dead
    /// (unreachable), refused (reachable, and not one of ours).
    std::string state;
    std::vector<std::string> roles;
    std::vector<std::string> addresses;
    std::vector<contribution_snapshot> contributions;
    std::uint64_t incarnation = 0;
    std::uint64_t sequence = 0;
    std::optional<duration> uptime;     ///< since its start
    std::optional<duration> last_seen;  ///< ago; nullopt: never
    std::optional<path_snapshot> path;  ///< nullopt: not connected
    std::string gossip;                 ///< "eager", "lazy"; empty: no neighbour of ours
    std::string evidence;               ///< for the state, in words; may be empty
    duration since{};                   ///< the state has lasted
};

struct plugin_snapshot {
    std::string instance;
    std::string role;
    std::string version;  ///< of the role
    std::string path;
    std::string state;  ///< of its lifecycle: "running", ...
    std::string abi;    ///< "1.0"
    std::string error;  ///< why it is not running; empty when it is
};

/// This host's place in the gossip on digests.
struct gossip_snapshot {
    struct neighbor {
        std::string id;
        std::string mode;  ///< "eager": gets whole messages; "lazy": hears that there are some
    };

    std::string topic;  ///< 64 hex digits
    std::vector<neighbor> neighbors;
    std::size_t reserve = 0;       ///< members to replace them
    std::uint64_t delivered = 0;   ///< messages
    std::uint64_t duplicates = 0;  ///< further copies of them
};

/// This host.
struct node_snapshot {
    std::string id;
    std::string base32;
    std::string z32;
    std::string ticket;
    std::string name;
    std::string instance;
    std::string mesh;
    std::string version;
    std::string abi;  ///< of plugins: "1.0"
    std::string state;
    std::string key_file;
    std::vector<std::string> roles;
    std::vector<std::string> bound;      ///< where its sockets are bound
    std::vector<std::string> addresses;  ///< where others may try
    std::vector<contribution_snapshot> contributions;
    std::chrono::system_clock::time_point started_at;
    duration uptime{};
    std::optional<duration> ready_after;  ///< from start to ready; nullopt: not yet
    std::int64_t process_id = 0;
    std::optional<gossip_snapshot> gossip;  ///< nullopt: switched off
};

/// The counters of one room.
struct probe_section {
    std::string room;
    std::vector<std::pair<std::string, std::uint64_t>> counters;
};

}  // namespace meshhost::admin
