// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the peers room holds and has done, for `meshctl probe`, tests and metrics.
#include "peers/proto/mesh_counts.hpp"

#include <cstddef>
#include <cstdint>

namespace meshhost::peers {

struct probe {
    // held now
    std::size_t peers = 0;      ///< in the registry, gone ones included
    std::size_t connected = 0;  ///< of them; so are those below
    std::size_t stale = 0;      ///< lost or missed by somebody, and not believed dead
    std::size_t dead = 0;
    std::size_t left = 0;
    std::size_t tombstones = 0;  ///< gone and named by nobody: forgotten in time
    std::size_t links = 0;       ///< connections of this protocol, dials included
    std::size_t dials_in_flight = 0;
    std::size_t dial_targets = 0;  ///< peers that we keep trying, or hold a connection to
    std::size_t neighbors = 0;     ///< of the gossip on digests
    std::size_t syncs = 0;         ///< comparisons with neighbours under way
    std::size_t timers = 0;        ///< the service's, and one for each comparison
    // counted since the start
    std::uint64_t links_opened = 0;
    std::uint64_t links_closed = 0;
    std::uint64_t faults = 0;           ///< links closed here because the peer broke a rule
    std::uint64_t conflicts = 0;        ///< two digests of one origin with one number
    std::uint64_t overruled = 0;        ///< a peer held a newer digest of ours than we do
    std::uint64_t evictions = 0;        ///< from the registry, to make room
    std::uint64_t expiries = 0;         ///< of tombstones
    std::uint64_t deaths = 0;           ///< of peers that were there
    std::uint64_t false_alarms = 0;     ///< dead ones that were back without a restart
    std::uint64_t reports_taken = 0;    ///< of losses, by others: made or added to a doubt
    std::uint64_t reports_refuted = 0;  ///< answered by a newer record
    std::uint64_t reports_ignored = 0;  ///< of or about somebody unknown, or again
    std::uint64_t checks = 0;           ///< of connections to a peer that somebody had lost
    std::uint64_t broadcasts = 0;       ///< our records, and losses that we saw
    std::uint64_t comparisons = 0;      ///< with neighbours, that we began
    proto::mesh_counts mesh;
};

}  // namespace meshhost::peers
