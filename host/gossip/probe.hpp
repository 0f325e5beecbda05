// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the gossip room holds and has done, for `meshctl probe`, tests and metrics.
#include "gossip/proto/gossip_probe.hpp"

#include <cstddef>
#include <cstdint>

namespace meshhost::gossip {

struct probe {
    // held now
    std::size_t links = 0;        ///< peers with a connection
    std::size_t connections = 0;  ///< theirs, dials and closing ones included
    std::size_t streams = 0;      ///< of those, both directions
    std::size_t queue_frames = 0;
    std::size_t queue_bytes = 0;
    std::size_t dials_in_flight = 0;
    std::size_t dials_remembered = 0;  ///< peers that are wanted or failed lately
    std::size_t addresses = 0;         ///< peers whose address is remembered
    std::size_t subscriptions = 0;
    std::size_t timers = 0;  ///< the service's, and one for each connection
    // counted since the start
    std::uint64_t dials = 0;
    std::uint64_t dials_failed = 0;
    std::uint64_t links_up = 0;        ///< lives of links
    std::uint64_t slow_peers = 0;      ///< links closed because the peer did not keep up
    std::uint64_t worn_out = 0;        ///< links replaced because they could open no more streams
    std::uint64_t violations = 0;      ///< links closed because the peer broke the protocol
    std::uint64_t headerless = 0;      ///< streams stopped because they never said their topic
    std::uint64_t unknown_topic = 0;   ///< frames of topics that this host is not in
    std::uint64_t frames_dropped = 0;  ///< by full queues
    std::uint64_t events_lagged = 0;   ///< lost by subscribers that fell behind

    proto::state_probe state;
};

}  // namespace meshhost::gossip
