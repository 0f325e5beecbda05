// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a host is told: plain structs, one per TOML table, with their defaults. The names, types
// and rules of the keys are in config_keys.cpp; how they come from files is in config_loader.hpp.
// An empty path means "the usual place"; read_config() fills those in (see paths.hpp).
#include "base/log.hpp"
#include "base/time.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace meshhost::config {

struct node_config {
    std::string name;                  ///< for people; read_config() makes one when it is empty
    std::string instance = "default";  ///< tells the hosts of one machine apart
    std::filesystem::path data_dir;    ///< what must survive a restart
    friend bool operator==(const node_config&, const node_config&) = default;
};

struct identity_config {
    std::filesystem::path key_file;
    friend bool operator==(const identity_config&, const identity_config&) = default;
};

struct net_config {
    std::uint16_t port = 0;         ///< UDP; 0: whichever is free
    std::vector<std::string> bind;  ///< IP addresses without a port; empty: all, IPv4 and IPv6
    bool segmentation_offload = true;
    bool port_mapping = true;  ///< a router is asked to forward the port, where there are relays
    friend bool operator==(const net_config&, const net_config&) = default;
};

struct quic_config {
    duration idle_timeout = 30s;
    duration keep_alive = 5s;  ///< 0: never
    duration handshake_timeout = 10s;
    std::size_t connections_max = 4096;
    std::size_t connections_per_peer_max = 16;
    std::size_t half_open_max = 64;
    friend bool operator==(const quic_config&, const quic_config&) = default;
};

struct mesh_config {
    std::string name = "default";
    std::filesystem::path secret_file;  ///< empty: no secret
    std::vector<std::string> peers;     ///< what identity::parse_peer() reads, already checked
    bool remember_peers = true;         ///< for the next start, in the data directory
    friend bool operator==(const mesh_config&, const mesh_config&) = default;
};

/// How this host is reached where its addresses do not do.
struct relay_config {
    std::vector<std::string> urls;      ///< of its own relays, as they were written
    std::filesystem::path token_file;   ///< for those; empty: none
    std::filesystem::path authorities;  ///< PEM, besides the machine's own; empty: none
    std::vector<std::string> stun;      ///< "HOST:PORT"; empty: port 3478 of the relays
    bool only = false;                  ///< no direct paths at all
    friend bool operator==(const relay_config&, const relay_config&) = default;
};

struct discovery_config {
    bool mdns = false;  ///< find the hosts on this network, and be found
    friend bool operator==(const discovery_config&, const discovery_config&) = default;
};

/// HyParView's and Plumtree's; 0 in a view means what the tier has.
struct gossip_config {
    bool enabled = true;
    std::string alpn = "/iroh-gossip/1";
    std::string tier = "edge";  ///< hub, edge, leaf or observer
    std::size_t active_view = 0;
    std::size_t passive_view = 0;
    duration shuffle_interval = 17min;  ///< the longest, in a mesh where nothing changes
    duration probe_interval = 30s;      ///< between two looks for lost parts of the mesh
    friend bool operator==(const gossip_config&, const gossip_config&) = default;
};

/// What this host may use before it counts as overloaded; 0: none declared.
struct budget_config {
    std::uint32_t cpu_millicores = 0;  ///< thousandths of a core
    std::uint64_t memory_bytes = 0;
    friend bool operator==(const budget_config&, const budget_config&) = default;
};

/// What this host tells of itself, and when.
struct digest_config {
    duration emit_interval{};            ///< 0: when something changes
    std::size_t plugin_bytes_max = 256;  ///< of one role's contributions, encoded
    friend bool operator==(const digest_config&, const digest_config&) = default;
};

/// What other members of the mesh may ask this host.
struct introspect_config {
    std::string allow = "read";  ///< none, read or all
    friend bool operator==(const introspect_config&, const introspect_config&) = default;
};

struct audit_config {
    duration interval{};  ///< between two looks at the host's own books; 0: only when asked
    friend bool operator==(const audit_config&, const audit_config&) = default;
};

struct telemetry_config {
    std::string otlp;    ///< a collector's base address; empty: none
    std::string listen;  ///< "127.0.0.1:9464"; empty: nowhere
    std::size_t events_kept = 4096;
    std::size_t flight_kept = 4096;     ///< spans of the flight recorder
    std::uint64_t trace_one_in = 1024;  ///< messages that are followed; 0: none
    duration metrics_interval = 60s;    ///< between two tellings of a collector; 0: none
    friend bool operator==(const telemetry_config&, const telemetry_config&) = default;
};

/// The dashboard: docs/dashboard-api.md.
struct observe_config {
    std::string listen;                ///< "127.0.0.1:7780"; empty: none
    std::filesystem::path tls_cert;    ///< PEM; empty: no TLS
    std::filesystem::path tls_key;     ///< PEM
    std::filesystem::path token_file;  ///< empty: links that are good once
    std::vector<std::string> names;    ///< "mesh.example", also with a port
    bool receive_otlp = false;         ///< spans of others, at /v1/traces
    std::filesystem::path lab;         ///< the lab that its buttons break; empty: it has none
    friend bool operator==(const observe_config&, const observe_config&) = default;
};

struct lab_config {
    bool faults = false;  ///< the local API may drop datagrams and fail plugins
    friend bool operator==(const lab_config&, const lab_config&) = default;
};

struct admin_config {
    std::filesystem::path socket;
    friend bool operator==(const admin_config&, const admin_config&) = default;
};

struct log_config {
    log_level level = log_level::info;
    friend bool operator==(const log_config&, const log_config&) = default;
};

struct plugins_config {
    std::filesystem::path dir;     ///< where a plugin without a slash in its path is looked up
    std::filesystem::path cgroup;  ///< where control groups are made; empty: where systemd says
    friend bool operator==(const plugins_config&, const plugins_config&) = default;
};

/// [plugin.<instance>]: one running role.
struct plugin_config {
    std::string instance;
    std::string path;                     ///< of the .so, or a name in [plugins] dir: "compute.so"
    std::string role;                     ///< of those in the .so; empty: the only one
    bool required = false;                ///< a host that cannot load it does not start
    std::string isolation = "inprocess";  ///< or "process"
    std::uint32_t cpu_millicores = 0;     ///< of its process; 0: as its role declares
    std::uint64_t memory_bytes = 0;       ///< the same
    std::size_t restart_max = 5;          ///< within restart_window; 0: never
    duration restart_window = 10min;
    duration start_limit = 10s;  ///< of a start that is pending
    duration stall_kill = 10s;   ///< a callback that takes longer will not come back
    std::string sha256;          ///< of the file, in hex; empty: any
    std::vector<std::string> grant{"declared"};  ///< permissions; that word: all the role asks for
    std::size_t trace_every = 0;                 ///< every n-th event has a span; 0: none
    boost::json::object config;  ///< its own table, unchecked: only the role knows its keys
    /// Where each key of `config` was set: "a.b" → "/etc/meshhost/meshhost.toml:41:1".
    std::map<std::string, std::string, std::less<>> config_origins;
    friend bool operator==(const plugin_config&, const plugin_config&) = default;
};

struct host_config {
    node_config node;
    identity_config identity;
    net_config net;
    quic_config quic;
    mesh_config mesh;
    relay_config relay;
    discovery_config discovery;
    gossip_config gossip;
    digest_config digest;
    budget_config budget;
    introspect_config introspect;
    audit_config audit;
    telemetry_config telemetry;
    observe_config observe;
    lab_config lab;
    admin_config admin;
    log_config log;
    plugins_config plugins;
    std::vector<plugin_config> plugin;  ///< by instance name, each name once
    friend bool operator==(const host_config&, const host_config&) = default;
};

}  // namespace meshhost::config
