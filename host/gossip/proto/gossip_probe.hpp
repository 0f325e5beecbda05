// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the machines let one see: for measuring, for tests and for the admin API. Copies.
#include "gossip/proto/gossip_output.hpp"

#include <array>
#include <vector>

namespace meshhost::gossip::proto {

struct traffic_count {
    std::uint64_t frames = 0;
    std::uint64_t bytes = 0;  ///< of frames with their lengths
};

/// By traffic_class.
using traffic_counts = std::array<traffic_count, traffic_class_count>;

/// How full the tables of one topic are; each has a limit in limits.hpp.
struct topic_sizes {
    std::size_t requests = 0;
    std::size_t seen_ids = 0;
    std::size_t payloads = 0;
    std::size_t payload_bytes = 0;
    std::size_t missing = 0;
    std::size_t announced = 0;
    std::size_t lost = 0;
};

/// What happened on one topic since it was joined.
struct topic_counts {
    std::uint64_t delivered = 0;   ///< messages given to subscribers
    std::uint64_t duplicates = 0;  ///< payloads that had been received before
    std::uint64_t spoofed = 0;     ///< payloads under a foreign id
    std::uint64_t oversize = 0;    ///< payloads too large to be passed on, ignored
    std::uint64_t grafts_sent = 0;
    std::uint64_t prunes_sent = 0;
    std::uint64_t neighbors_up = 0;
    std::uint64_t neighbors_down = 0;
    std::uint64_t refusals_sent = 0;  ///< neighbour requests of others
    std::uint64_t refusals_received = 0;
    std::uint64_t strangers = 0;  ///< frames of peers that are no neighbours, dropped
    std::uint64_t rejoins = 0;    ///< by the isolation watchdog
    std::uint64_t probes = 0;     ///< by the heal probe
    std::uint64_t heals = 0;      ///< neighbours that probes brought
};

struct topic_probe {
    std::vector<identity::endpoint_id> active;
    std::vector<identity::endpoint_id> passive;
    std::vector<identity::endpoint_id> eager;
    std::vector<identity::endpoint_id> lazy;
    topic_sizes sizes;
    topic_counts counts;
};

struct state_probe {
    std::size_t topics = 0;
    std::size_t links = 0;          ///< peers with a link, or waiting for one
    std::size_t queued_frames = 0;  ///< waiting for a link
    traffic_counts sent;
    traffic_counts received;
    std::uint64_t oversize = 0;  ///< messages to be passed on that fit no frame of ours, dropped
};

}  // namespace meshhost::gossip::proto
