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
    std::string remote;  ///< "192.0.2.7:4433", or the relay's URL; empty when there is none
    duration rtt{};      ///< 0: not measured yet
    duration rtt_min{};
    std::uint64_t bytes_sent = 0;
    std::uint64_t bytes_received = 0;
    std::size_t mtu = 0;
};

/// What a node may use, as it declared it or its control group limits it. 0: no limit known.
struct budget_snapshot {
    std::uint32_t cpu_millicores = 0;
    std::uint64_t memory_bytes = 0;
    std::string source = "none";  ///< "config", "cgroup", "none"
};

/// How much of it the node uses, in eighths: 0..7. nullopt: not measured.
struct load_snapshot {
    std::optional<unsigned> cpu;
    std::optional<unsigned> memory;
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
    std::string tier;                   ///< "hub", "edge", "leaf", "observer"; empty: not said
    budget_snapshot budget;
    load_snapshot load;
    std::vector<std::string> neighbors;  ///< in the gossip: the first 16 digits of their ids
    std::vector<std::string> lost_by;    ///< ids of those who told the loss that the state is about
    std::optional<duration> lease;       ///< it is good for so long without a newer digest
    std::uint64_t capabilities = 0;
    std::string home_relay;
};

struct plugin_snapshot {
    std::string instance;
    std::string role;
    std::string version;  ///< of the role
    std::string path;
    std::string state;                    ///< of its lifecycle: "running", ...
    std::string abi;                      ///< "1.0"
    std::string error;                    ///< the last; of one that does not run, why
    std::optional<duration> error_age;    ///< where there is one
    std::string isolation;                ///< "inprocess" or "process"
    std::optional<std::int64_t> process;  ///< its own, while it has one
    std::uint64_t restarts = 0;           ///< because it failed, or somebody wanted it
    std::uint64_t slow_calls = 0;         ///< callbacks that held its strand for too long
    std::uint64_t refused_calls = 0;      ///< because a budget was used up
    bool is_stalled = false;              ///< a callback has not come back
    bool is_restarting = false;           ///< failed, and about to be started again
    unsigned generation = 1;              ///< of its code: rises with each reload
    std::string health = "ok";            ///< as it says itself: "ok", "degraded", "unhealthy"
    std::string health_reason;            ///< may be empty
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
    std::vector<std::string> warnings;      ///< of this host alone, a sentence each
    std::string tier;
    budget_snapshot budget;
    load_snapshot load;
};

/// What the process uses.
struct usage_snapshot {
    std::optional<std::uint32_t> cpu_millicores;  ///< nullopt: not measured
    std::uint64_t resident_bytes = 0;
    std::uint64_t descriptors = 0;
    std::uint64_t threads = 0;
};

/// This host in numbers, at one moment: what a live view of a mesh is made of.
struct meters_snapshot {
    struct gossip_meters {
        std::size_t active = 0;
        std::size_t passive = 0;
        std::size_t eager = 0;
        std::size_t lazy = 0;
        std::uint64_t delivered = 0;
        std::uint64_t duplicates = 0;
        std::uint64_t frames_sent = 0;
        std::uint64_t frames_received = 0;
        std::uint64_t bytes_sent = 0;
        std::uint64_t bytes_received = 0;
    };
    struct net_meters {
        std::size_t connections = 0;
        std::uint64_t datagrams_sent = 0;
        std::uint64_t datagrams_received = 0;
        std::uint64_t bytes_sent = 0;
        std::uint64_t bytes_received = 0;
    };
    struct edge {
        std::string peer;
        std::string mode;                   ///< "eager", "lazy"
        std::optional<path_snapshot> path;  ///< nullopt: no connection whose path is known
    };

    std::string id;
    std::string name;
    std::chrono::system_clock::time_point at;
    duration uptime{};
    std::string state;
    std::vector<std::string> roles;
    std::string tier;
    usage_snapshot usage;
    budget_snapshot budget;
    load_snapshot load;
    gossip_meters gossip;
    net_meters net;
    std::vector<edge> edges;
    std::vector<plugin_snapshot> plugins;
};

/// The counters of one room.
struct probe_section {
    std::string room;
    std::vector<std::pair<std::string, std::uint64_t>> counters;
};

}  // namespace meshhost::admin
