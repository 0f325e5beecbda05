// SPDX-License-Identifier: Apache-2.0
#pragma once
// What gossip_state wants of its driver, and what it has to tell.
#include "base/strong_id.hpp"
#include "base/time.hpp"
#include "gossip/proto/addr_info.hpp"
#include "gossip/proto/errc.hpp"
#include "gossip/proto/shared_bytes.hpp"
#include "identity/content_hash.hpp"
#include "identity/endpoint_id.hpp"
#include "identity/topic_id.hpp"

#include <cstdint>
#include <variant>

namespace meshhost::gossip::proto {

/// One life of the link to a peer. The driver numbers them, never the same twice for a peer.
using link_instance = strong_id<struct link_instance_tag, std::uint64_t>;

/// What a frame is for: bytes are counted by it, and a full queue drops by it (the last first).
enum class traffic_class : std::uint8_t {
    membership,  ///< Join, ForwardJoin, Neighbor, Disconnect
    payload,     ///< Gossip
    repair,      ///< Graft, Prune
    announce,    ///< IHave
    shuffle,     ///< Shuffle, ShuffleReply
};
inline constexpr std::size_t traffic_class_count = 5;

/// How a link ended.
enum class link_end : std::uint8_t {
    closed,   ///< by the peer, in order: it meant to go
    lost,     ///< timed out, or failed by us: it may be there still, out of reach
    refused,  ///< its host answered that nobody is there any more
};

/// How fast a broadcast should be. Hosts of ours pass it on, iroh-gossip treats all as `normal`.
enum class urgency : std::uint8_t {
    normal = 0,
    urgent = 1,  ///< in full to every neighbour
    low = 2,     ///< announcements are batched
};

/// How far a message went or goes.
enum class delivery_scope : std::uint8_t { swarm, neighbors };

struct broadcast_options {
    delivery_scope scope = delivery_scope::swarm;
    urgency how = urgency::normal;
    bytes_view trace;  ///< at most trace_size_max, for hosts of ours; lost in the largest frames
};

/// Why somebody is no longer a neighbour.
enum class down_reason : std::uint8_t {
    closed,   ///< its link is gone
    polite,   ///< it said so
    evicted,  ///< we made room for another
    left,     ///< we left the topic
    refused,  ///< its link is gone, and its host answered that nobody is there any more
};

/// Put the frame, whose length is in it, on the topic's stream of the peer's link, which is up.
struct send_output {
    identity::endpoint_id to;
    identity::topic_id topic;
    shared_bytes frame;
    traffic_class kind = traffic_class::membership;
    bool is_urgent = false;
    bool is_last = false;  ///< finish the stream after it; a later frame opens another
};

/// There is something for a peer without a link. Answer with link_up or dial_failed, within the
/// driver's dial timeout. It comes once, and perhaps once more when it has become urgent.
struct want_link_output {
    identity::endpoint_id peer;
    bool is_urgent = false;  ///< a topic has no neighbour left: keep no back-off, or a short one
};

/// No topic needs the link. Close it once what was sent is delivered. For the machine it is down
/// already: the next want_link_output is about another one.
struct drop_link_output {
    identity::endpoint_id peer;
    link_instance link;
};

struct neighbor_up_output {
    identity::topic_id topic;
    identity::endpoint_id peer;
};

struct neighbor_down_output {
    identity::topic_id topic;
    identity::endpoint_id peer;
    down_reason reason;
};

/// A message for the subscribers of the topic. Its author is not known: `from` passed it on.
struct message_output {
    identity::topic_id topic;
    shared_bytes content;
    identity::content_hash id;
    identity::endpoint_id from;
    delivery_scope scope = delivery_scope::swarm;
    std::uint16_t hops = 0;  ///< 0: `from` broadcast it
    urgency how = urgency::normal;
    shared_bytes trace;  ///< opaque here; of the hop that brought it
    duration waited{};   ///< since somebody announced it; zero: it came unannounced
};

/// Addresses of a peer that are new to us, or that a want_link_output which follows may need.
/// Unsigned and perhaps second hand: hints for dialling.
struct peer_addr_output {
    identity::endpoint_id peer;
    addr_info addr;
};

/// The peer broke the protocol. Close its link, and count it.
struct protocol_violation_output {
    identity::endpoint_id peer;
    error_code error;
};

using gossip_output = std::variant<
    send_output,
    want_link_output,
    drop_link_output,
    neighbor_up_output,
    neighbor_down_output,
    message_output,
    peer_addr_output,
    protocol_violation_output>;

}  // namespace meshhost::gossip::proto
