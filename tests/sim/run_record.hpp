// SPDX-License-Identifier: Apache-2.0
#pragma once
// What one run leaves behind.
#include "gossip/proto/gossip_probe.hpp"
#include "sim/delivery_log.hpp"
#include "sim/metric.hpp"
#include "sim/overlay.hpp"

#include <optional>
#include <string>
#include <vector>

namespace meshhost::sim {

/// The mesh at one moment.
struct mesh_sample {
    time_point at;
    overlay_summary mesh;
    double bytes_per_s = 0;   ///< a node's, since the last sample
    double entries_mean = 0;  ///< in a node's tables; 0 when they were not looked at
    bool is_quiet = false;    ///< no traffic, fault or join for a while
};

/// One round of a series: all its messages together.
struct round_summary {
    std::uint32_t round = 0;
    std::uint64_t receivers = 0;
    std::uint64_t delivered = 0;
    double redundancy = 0;
    std::uint32_t last_hop = 0;
    double last_ms = 0;
};

struct series_summary {
    std::string name;
    std::vector<round_summary> rounds;
};

struct run_record {
    std::uint64_t seed = 0;
    metric_values metrics;
    std::vector<series_summary> series;
    std::vector<mesh_sample> samples;
    gossip::proto::traffic_counts sent;  ///< by all nodes, by class
    std::uint64_t grafts = 0;            ///< sent by all nodes
    std::uint64_t prunes = 0;            ///< the same
    double node_seconds = 0;             ///< that nodes were up, together
    std::uint64_t frames_dropped = 0;    ///< by full queues and links that were down
    std::size_t entries_max = 0;         ///< in the tables of any node at any time
    std::optional<double> merge_s;       ///< from the last fault's end until the mesh was whole
    std::optional<double> join_s;        ///< from the last join until the mesh was whole
    overlay final_overlay;
    std::vector<std::string> violations;  ///< of what must hold whatever the scenario promises
    std::uint64_t trace = 0;              ///< equal for equal runs
    std::uint64_t events = 0;
};

}  // namespace meshhost::sim
