// SPDX-License-Identifier: Apache-2.0
#pragma once
// The sizes that iroh-gossip's wire settles, and how much a machine may hold. The wire's are
// constants; the rest is a struct, so that tests can fill the tables.
#include "base/time.hpp"

#include <cstddef>

namespace meshhost::gossip::proto {

// --- on the wire ---

inline constexpr std::size_t frame_length_size = 4;  ///< u32, big-endian, before every frame
inline constexpr std::size_t frame_size_max = 4096;  ///< the most a reader takes
inline constexpr std::size_t frame_sent_max = 4095;  ///< iroh-gossip's writer refuses its maximum

/// Fits a frame at every hop, however many bytes the hop count takes.
inline constexpr std::size_t content_size_max = 4055;

inline constexpr std::size_t shuffle_nodes_max = 32;  ///< of a peer; ours carries 8. A guess
/// Bytes of the nodes sampled for one frame: a shuffle's origin, our own entry and the extension
/// fit beside them.
inline constexpr std::size_t peer_list_size_max = frame_sent_max - 512;
inline constexpr std::size_t announcements_max = 116;  ///< ids of one IHave, as iroh-gossip cuts it
inline constexpr std::size_t peer_data_size_max = 256;   ///< keeps 8 of them within a frame
inline constexpr std::size_t peer_data_taken_max = 512;  ///< of others; more counts as none
inline constexpr std::size_t extension_size_max = 96;    ///< bytes after a message that we read

/// How much one machine may hold. Every table named here evicts its oldest or refuses.
struct limits {
    std::size_t topics = 1024;
    std::size_t links = 4096;        ///< peers with a link or waiting for one; a guess
    std::size_t queued_frames = 64;  ///< of one peer, until its link is up; iroh-gossip's queue
    std::size_t bootstrap = 64;      ///< ids of one topic that its user named
    std::size_t hearsay_dials = 8;   ///< of one topic at once, to peers that a neighbour named
    std::size_t requests = 32;       ///< neighbour requests of one topic without an answer
    std::size_t seen_ids = 16'384;   ///< of one topic: 90 s of 180 messages a second
    std::size_t payloads = 4'096;    ///< kept for grafts, of one topic: 30 s of 136 a second
    std::size_t payload_bytes = 1 << 20;  ///< of those, together
    std::size_t missing = 1'024;          ///< ids of one topic announced and not received
    std::size_t missing_of_peer = 256;    ///< of those, that one neighbour may have announced
    std::size_t claims = 8;               ///< neighbours remembered to have one missing message
    std::size_t announced = 1'024;        ///< ids of one topic that wait for their IHave
    std::size_t lost = 64;                ///< members of one topic that vanished, to be probed
};

}  // namespace meshhost::gossip::proto
