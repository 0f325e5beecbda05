// SPDX-License-Identifier: Apache-2.0
#pragma once
// Everything that can happen in a run. Small and plain: a large run has a hundred million of them.
#include "sim/event_queue.hpp"

#include <cstdint>

namespace meshhost::sim {

enum class event_kind : std::uint8_t {
    // subject: a node
    timer,          ///< its machine's deadline
    join,           ///< starts for the first time
    depart,         ///< churn: leaves
    vanish,         ///< churn: what it sent in leaving is out; its process ends
    member_timer,   ///< its peers machine's deadline
    member_change,  ///< what it says of itself is another than before
    member_forges,  ///< it forges, for the `detail`th time
    come_back,      ///< churn or the end of a restart: starts again
    // subject: a link
    dial,  ///< an attempt, its number in `detail`
    dial_expired,
    dialed,    ///< the handshake is complete for who dialled
    accepted,  ///< … and for who was dialled
    frame,     ///< arrives; `detail` is its slot
    closed,    ///< the end learns that the link is over
    silence,   ///< the end has heard nothing for the idle timeout; `detail` is since which time
    // subject: a comparison of registries; sync_fails: the node that asked for one
    sync_data,   ///< a frame arrives at `end`; `detail` is its slot
    sync_ends,   ///< it took too long
    sync_fails,  ///< there was nobody to compare with
    // subject: what the run is made of
    broadcast,  ///< a series of rounds; `detail` is the round
    tick,   ///< of a node (the subject) with a clock; its series in `life`, the round in `detail`
    judge,  ///< a message, in `detail`
    fault_begins,
    fault_ends,
    sample,
};

struct event {
    event_kind kind = event_kind::timer;
    std::uint8_t end = 0;       ///< of a link: which of its two ends it happens to
    bool is_clean = false;      ///< closed: in order, not lost
    std::uint32_t subject = 0;  ///< the index of the node, link, series or fault
    std::uint32_t life = 0;     ///< of the node or link: the event is void in another one
    std::uint64_t detail = 0;
};

using event_schedule = event_queue<event>;

}  // namespace meshhost::sim
