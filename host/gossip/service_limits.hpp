// SPDX-License-Identifier: Apache-2.0
#pragma once
// How much of this host one peer, one topic or one subscriber may take, and for how long. The
// machines' own limits are in proto/limits.hpp.
#include "base/time.hpp"
#include "transport/connection.hpp"

#include <cstddef>

namespace meshhost::gossip {

struct service_limits {
    // --- of one peer ---
    std::size_t queue_frames = 1024;      ///< that wait for it; more and it is too slow
    std::size_t queue_bytes = 1 << 20;    ///< of those, together
    std::size_t sent_bytes = 256 * 1024;  ///< given to the transport and not acknowledged
    std::size_t streams = 100;            ///< that it may hold open to us: as QUIC grants, iroh's

    // --- of the host ---
    std::size_t links = 4096;          ///< peers; a guess
    std::size_t dials_in_flight = 16;  ///< a guess: what a home router's table likes
    std::size_t dials_remembered = 4096;
    std::size_t addresses = 4096;      ///< peers whose address is remembered
    std::size_t subscribers = 64;      ///< of one topic
    std::size_t ring_events = 1024;    ///< that wait for one subscriber
    std::size_t ring_bytes = 1 << 20;  ///< of those, together

    // --- times ---
    /// Of every connection: a silent neighbour is missed within 5.3 s, for one exchange of some
    /// 120 bytes in 3.9 s where nothing else is said. A ping is repeated eight times meanwhile, so
    /// that loss ends no link, and a peer may stand still for a second.
    transport::liveness_terms liveness{.ping_every = 3900ms, .answer_within = 1100ms};
    duration header_wait = 5s;  ///< for the topic at the start of a stream; upstream: for ever
    duration address_retention = 5min;  ///< of what PeerData said; upstream's
    duration crossing_window = 10s;     ///< two dials that began this close may have crossed
    duration superseded_idle = 5s;      ///< silence after which a second connection is closed
    duration delivery_wait = 5s;        ///< for the last frames of a link; upstream's
    duration stop_wait = 1s;            ///< for those of every link, when the host stops
    duration rtt_interval = 1s;         ///< between two looks at a link's round trip
    duration grant_wait = 5s;           ///< for a stream in place of finished ones; a guess
    duration redial_first = 250ms;      ///< after the first failure; doubles with each one more
    duration redial_cap = 30s;
    duration redial_urgent_cap = 2s;  ///< of who is asked by a host that has no neighbour left
};

}  // namespace meshhost::gossip
