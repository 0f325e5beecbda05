// SPDX-License-Identifier: Apache-2.0
#pragma once
// Every knob of the gossip machines: its default, and the reason for it or the word guess. Where
// iroh-gossip 0.101 does otherwise the comment says how, and config::upstream() gives its rules as
// they are, so that the two can be measured side by side.
#include "base/time.hpp"
#include "gossip/proto/limits.hpp"

#include <cstddef>
#include <cstdint>

namespace meshhost::gossip::proto {

/// What a node is for in the overlay: how many links it holds.
enum class tier : std::uint8_t { edge, hub, leaf, observer };

/// HyParView: who is a neighbour, who is a reserve.
struct membership_config {
    std::size_t active_max = 5;      ///< the paper's and upstream's
    std::size_t passive_max = 30;    ///< the paper's and upstream's
    std::uint16_t active_walk = 6;   ///< hops of a ForwardJoin; the paper's
    std::uint16_t passive_walk = 3;  ///< hops left where it enters passive views; the paper's
    /// Hears everything and carries nothing: passes nothing on, is named to nobody, and says so to
    /// its neighbours, who hold it beside the others. iroh-gossip takes it for any other.
    bool is_observer = false;
    std::size_t observers_max = 2;  ///< of that kind, over active_max; a guess
    std::size_t refusal_nodes = 7;  ///< ids given to who is refused or evicted; upstream's

    /// Of a neighbour request whose link is up. Upstream: of every one, dials included, which
    /// forgets peers behind slow relays.
    duration request_timeout = 500ms;
    /// Of a request that is still being dialled; then another peer is asked, too, and this one may
    /// still come in. Where most of the reserve died at once, patience is what repair waits for: at
    /// 3 s, 80 % killed of 1,000 took 14 s to be whole again, at 500 ms 2 s.
    duration dial_patience = 500ms;
    /// Refusals in a row, until a shuffle or a loss starts anew. At 30 % of neighbours with room,
    /// eight of them have a chance of 6 %. The dead do not count.
    int refill_attempts = 8;

    duration refusal_pause = 60s;  ///< until who refused is asked again; gossipsub's prune backoff

    /// Upstream counts a Neighbor reply as an open request and so stops repairing at 3 or 4 links.
    bool counts_replies = false;
    /// Upstream waits for ever for an answer to a request that a ForwardJoin caused.
    bool times_every_request = true;
    /// Upstream drops a reserve whose link closes, unless it took leave before.
    bool drops_closed_reserve = false;
    /// Ask the next peer at once when one refuses or cannot be dialled. Upstream waits for the
    /// next shuffle.
    bool refills_after_refusal = true;
    /// Dial again a peer whose dial failed. Upstream never does, until that peer dials.
    bool redials = true;
    /// Answer who takes us for a neighbour and is none with Disconnect, so that views become
    /// symmetric again. Upstream leaves it in the dark.
    bool corrects_strangers = true;
    duration correction_gap = 1s;  ///< between two such answers to one peer; a guess

    /// Neighbours of our own choice that newcomers cannot evict: an attacker who dials us fills at
    /// most the rest. gossipsub reserves 2 of 6. Upstream: 0.
    std::size_t own_choice_quota = 2;
    /// Neighbours that evict somebody to come in, per second and at once; more are refused with
    /// refusal_nodes ids to try instead. Measured on herds of 10,000: at a tenth of it newcomers
    /// find others of their own second only, and paths are a quarter longer; at five times as much
    /// evictions leave some alone after a second. Upstream: without limit, as 0.
    double admissions_per_second = 200;
    double admissions_burst = 400;
    /// Views hold at most this share of peers behind one IPv4 /16 or IPv6 /32, as far as their
    /// addresses are known, and never fewer than 2. Private and loopback addresses do not count.
    /// Upstream: 1.
    double prefix_share = 0.4;
};

/// Exchanging views. Trickle (RFC 6206) without suppression: each silent interval is twice the one
/// before, a change among the neighbours starts again with the shortest.
struct shuffle_config {
    std::uint16_t walk = 6;           ///< hops; upstream's
    std::size_t active_nodes = 3;     ///< the paper's
    std::size_t passive_nodes = 4;    ///< the paper's
    duration first_min = 2s;          ///< after joining: the first view comes from one contact
    duration first_max = 5s;          ///< spread over a herd
    duration interval_min = 8s;       ///< a guess
    duration interval_max = 1024s;    ///< 17 min: an idle node is silent
    bool is_paced = true;             ///< upstream: every interval_min of 60 s, no jitter
    bool accepts_at_dead_end = true;  ///< upstream drops a shuffle that has no next hop
    /// At so many of the first shuffles a full view gives up a neighbour for a reserve. The first
    /// neighbours are near the contact, and so is everybody's in a herd: 10,000 nodes that joined
    /// through one contact are 18 hops across without, 14 with two, 12 with four; 12 is what a
    /// random graph of this degree has. Only where the reserve is half full. Upstream: 0.
    int mixes = 3;
};

/// Plumtree: a tree of full messages, announcements on the other links.
struct broadcast_config {
    duration graft_first = 150ms;     ///< the least wait for an announced message
    duration graft_first_max = 2s;    ///< the most
    duration graft_again_min = 50ms;  ///< the least wait for the next one who announced it
    /// Times the announcer's round trip. Not also times what the tree takes: when everybody speaks
    /// at once, waits make the tree slow, and waits that follow it grow with it (100 nodes: 2.8 s
    /// until the last has the last message, against 2.0 s).
    double graft_first_rtts = 4;
    double graft_again_rtts = 1.5;
    /// Fit both waits to the link. Upstream: 80 ms and 40 ms whatever the link.
    bool adapts_grafts = true;
    /// Go on asking who announced a message, around and around, while they may still have it.
    /// Upstream asks each once and gives up.
    bool retries_grafts = true;

    duration announce_delay = 5ms;        ///< the least, of an IHave; upstream's
    duration announce_delay_low = 250ms;  ///< for `low` messages, whose latency nobody feels
    /// Hold announcements back for as long as their receiver would wait before it asks, and say for
    /// how long: it asks no later, and what came by the tree or from its end of the link meanwhile
    /// is never announced. Those of a message that may shape the tree are not held. 18 nodes on
    /// clocks of their own send 7 such frames a message; without elections and this it was 47.
    /// Upstream: never.
    bool holds_announcements = true;
    duration payload_retention = 30s;          ///< upstream's
    duration seen_retention = 90s;             ///< upstream's
    std::uint16_t optimization_threshold = 7;  ///< rounds; the paper's. Upstream's is 6 in effect

    /// Take for a branch whoever announced a message this long before the tree brought it, and
    /// leave rounds alone: they do not tell a slow link from a fast one, and undo what time has
    /// found. Upstream looks at rounds only.
    bool optimizes_by_time = true;
    duration optimization_gain = 20ms;
    /// So many times in a row, of the messages that shape the tree: once is chance where links
    /// jitter or senders change. 100 nodes, another sender each round: 7.5 grafts a message instead
    /// of 26, and the last receiver has it no later. Upstream: 1.
    unsigned optimization_wins = 2;

    /// Of the messages near each other in time only one cuts the tree and exchanges its branches
    /// (tree_shaper.hpp). Upstream: each does, where it meets itself, at once. 18 nodes on clocks
    /// of their own, links with 30 ms of jitter: half of the deliveries after 200 ms, most of them
    /// by a graft, and for as long as anybody spoke; with elections after 50 ms.
    bool elects_shapers = true;
    /// How long a message may be under way: the least, round trips of the slowest neighbour, and
    /// the most. A mesh of 1,000 is 14 links of half the mean round trip across.
    duration shaping_window = 250ms;
    double shaping_window_rtts = 3;
    duration shaping_window_max = 4s;
    /// Between two such messages: each is announced at once on every lazy link, 28 of them
    /// among 18.
    duration shaping_pause = 750ms;
    /// Of those who announced a missing message, ask first who is in the tree already: what was
    /// missed together comes back over one link, not over several that close cycles. Upstream: the
    /// first to announce.
    bool grafts_branches_first = true;

    bool floods_urgent = true;  ///< `urgent` goes to every neighbour in full. Upstream: no classes
    bool members_only = true;   ///< upstream honours messages of whoever knows the topic
    bool reaches_lazy = true;   ///< upstream's neighbour broadcasts skip pruned neighbours
};

/// Coming back: alone, or apart.
struct heal_config {
    /// Join the bootstrap peers again while there is no neighbour. Upstream: never.
    bool rejoins = true;
    duration rejoin_first = 500ms;  ///< one round trip of a far relay
    duration rejoin_cap = 2s;       ///< an isolated host is back within this
    std::size_t rejoin_fanout = 3;  ///< bootstrap peers asked at once; upstream: all, once

    /// Look for members that were lost, and for a part of the mesh that never met ours.
    bool probes = true;
    duration interval = 30s;  ///< between two probes of a node, jittered downwards
    /// The same, while the view has room, no reserve is left to fill it, and somebody to probe is.
    duration starved_interval = 1s;
    duration answer_wait = 5s;      ///< a guess: a dial over a relay and a round trip
    duration retry_cap = 1h;        ///< of one candidate, doubling from `interval`
    duration lost_retention = 24h;  ///< the longest partition that heals by itself
    duration mark_delay = 1s;       ///< before a new component mark goes on; merges what follows
    std::size_t extra_links = 2;    ///< neighbours over active_max that probes may bring
};

/// The links below.
struct link_config {
    duration idle_hold = 5s;       ///< of a link that no topic needs; upstream: none, here 1 s
    duration rtt_unknown = 100ms;  ///< until the driver measured one; a guess
};

struct config {
    membership_config membership;
    shuffle_config shuffle;
    broadcast_config broadcast;
    heal_config heal;
    link_config link;
    limits limit;

    /// The defaults with the views of a tier.
    static config for_tier(tier which);
    /// iroh-gossip 0.101 as it is, its faults of behaviour included.
    static config upstream();
};

}  // namespace meshhost::gossip::proto
