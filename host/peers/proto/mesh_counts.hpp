// SPDX-License-Identifier: Apache-2.0
#pragma once
// What this host said to the mesh and what it made of what it heard, since the start. Records that
// came over a direct connection or a comparison are not among those heard.
#include <cstdint>

namespace meshhost::peers::proto {

struct mesh_counts {
    // broadcast by this host; bytes are of contents, before gossip frames them
    std::uint64_t records_said = 0;
    std::uint64_t record_bytes_said = 0;
    std::uint64_t deltas_said = 0;
    std::uint64_t delta_bytes_said = 0;
    std::uint64_t losses_said = 0;
    std::uint64_t loss_bytes_said = 0;
    // brought by gossip, each once
    std::uint64_t records_heard = 0;
    std::uint64_t record_bytes_heard = 0;
    std::uint64_t deltas_heard = 0;
    std::uint64_t delta_bytes_heard = 0;
    std::uint64_t losses_heard = 0;
    std::uint64_t loss_bytes_heard = 0;
    // and what became of that
    std::uint64_t records_taken = 0;
    std::uint64_t deltas_applied = 0;
    std::uint64_t deltas_without_base = 0;  ///< left to a comparison
    std::uint64_t records_stale = 0;    ///< records and deltas no newer than ours: late or replayed
    std::uint64_t records_forged = 0;   ///< records and deltas that their origin did not sign
    std::uint64_t records_future = 0;   ///< records and deltas with a number above number_max
    std::uint64_t records_refused = 0;  ///< records and deltas that cannot be read, or are not of
                                        ///< this mesh
    std::uint64_t records_excess = 0;   ///< more than their origin may send
    std::uint64_t losses_forged = 0;
    std::uint64_t unverified = 0;  ///< newer, and beyond what this host verifies a second: left to
                                   ///< comparisons
};

}  // namespace meshhost::peers::proto
