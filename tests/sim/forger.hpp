// SPDX-License-Identifier: Apache-2.0
#pragma once
// A host of the mesh that tells lies about the others: what anybody can broadcast who has their
// records and not their keys.
#include "sim/member.hpp"

#include <map>
#include <vector>

namespace meshhost::sim {

class forger {
public:
    /// References outlive it. What it replays is what it knows now, and later.
    forger(const member& self, const identity_pool& identities);

    /// What to broadcast: a newer digest of the victim that it did not sign, one with a number that
    /// nobody reaches, and an older one that it did sign, if there is one. `number` is another each
    /// time, or the gossip takes them for what it had.
    std::vector<byte_buffer> lies_about(node_index victim, std::uint64_t number);

private:
    const member& self_;
    const identity_pool& identities_;
    std::map<node_index, byte_buffer> old_;  ///< records, one of each victim
};

}  // namespace meshhost::sim
