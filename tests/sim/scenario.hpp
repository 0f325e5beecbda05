// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a run is made of: nodes, links, joins, traffic, faults, and what must come of it. Read from
// TOML by scenario_reader.hpp; every value below is the default of its key.
#include "base/time.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace meshhost::sim {

/// Between each unordered pair of nodes. One way.
struct link_settings {
    duration latency_min = 10ms;  ///< drawn once for each pair, and kept
    duration latency_max = 50ms;
    duration jitter = 0ms;  ///< added anew to each packet, up to this
    double loss = 0;        ///< of packets; QUIC repairs it, which shows as delay
};

/// QUIC as gossip meets it.
struct transport_settings {
    duration keep_alive = 5s;
    duration idle_timeout = 15s;
    duration dial_timeout = 10s;
    std::uint32_t queue_frames = 256;  ///< towards one peer; frames beyond are dropped
};

struct join_settings {
    std::uint32_t contacts = 1;  ///< nodes 0 … contacts-1 are known to everyone
    duration spacing = 0ms;      ///< between one node's join and the next one's
};

enum class sender_choice : std::uint8_t {
    one,
    rotating,  ///< another one each round
    all,       ///< in the same instant
    each,      ///< everybody once a round, each on a clock of its own
};

/// A series of rounds; in each one, somebody broadcasts.
struct traffic_settings {
    std::string name;
    sender_choice senders = sender_choice::one;
    time_point start{};
    duration interval = 1s;
    std::uint32_t rounds = 30;
    std::uint32_t bytes = 64;  ///< of content
};

enum class fault_kind : std::uint8_t {
    kill,
    restart,
    partition,
    one_way_partition,  ///< the smaller side is not heard by the larger
    one_way,            ///< between random pairs, one direction is dead
    slow,
    loss,
    forge,  ///< tell lies about others, see forger.hpp
};

/// How soon a node's neighbours learn that it died.
enum class detection : std::uint8_t { at_once, idle_timeout };

/// Something that goes wrong at a time, and, unless it is a kill, for a time.
struct fault_settings {
    std::string name;
    fault_kind kind = fault_kind::kill;
    time_point at{};
    duration lasts = 60s;   ///< restart: how long the node is away
    double fraction = 0.5;  ///< of nodes (one_way: of pairs); partition: the smaller side's part
    detection noticed = detection::idle_timeout;
    double loss = 0.1;                      ///< loss: the rate
    std::uint32_t bytes_per_second = 1000;  ///< slow: what the node still reads
};

/// Nodes leaving and coming back, each with the same id, over and over.
struct churn_settings {
    time_point from{};
    time_point to{};         ///< not after `from`: no churn
    duration stays = 30min;  ///< on average
    duration away = 2min;    ///< on average
    double polite = 0.5;     ///< of departures are announced; the others are crashes
};

enum class bound_kind : std::uint8_t { at_least, at_most };

/// A promise about one metric; metric.hpp lists them.
struct expectation {
    std::string metric;
    bound_kind kind = bound_kind::at_least;
    double bound = 0;
};

/// What of gossip's own configuration a scenario may set. Zero: as the rules have it.
struct gossip_settings {
    duration shuffle_interval{};
};

/// Hosts that tell each other of themselves, above the gossip.
struct digest_settings {
    bool enabled = false;
    duration change_every{};   ///< of each host's digest, on average; 0: never
    duration emit_interval{};  ///< 0: on a change; else all of it on this clock
};

struct scenario {
    std::string name;  ///< the file's, without folder and extension
    std::string file;  ///< where it was read; empty: nowhere
    std::string title;
    std::uint32_t nodes = 100;
    std::vector<std::uint64_t> seeds = {0};
    duration length = 60s;
    duration sample_every = 1s;  ///< how often the overlay is looked at
    time_point measure_from{};   ///< what is sent before costs nothing
    link_settings links;
    transport_settings transport;
    join_settings join;
    gossip_settings gossip;
    digest_settings digests;
    std::vector<traffic_settings> traffic;  ///< in the order of their names
    std::vector<fault_settings> faults;     ///< in the order of their names
    churn_settings churn;
    std::vector<expectation> expectations;
};

}  // namespace meshhost::sim
