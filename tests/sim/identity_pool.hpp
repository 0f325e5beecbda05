// SPDX-License-Identifier: Apache-2.0
#pragma once
// The ids of simulated nodes: node n has the same key in every run. An Ed25519 key takes tens of
// microseconds, so each is made once a process.
#include "identity/secret_key.hpp"
#include "sim/overlay.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <vector>

namespace meshhost::sim {

class identity_pool {
public:
    /// Makes the ids of nodes 0 … count-1, as far as they are missing.
    void reserve(std::size_t count);

    /// Precondition: reserved.
    const identity::endpoint_id& id(node_index node) const { return ids_[node]; }
    /// Precondition: reserved.
    const identity::secret_key& key(node_index node) const { return keys_[node]; }
    /// Precondition: the id is one of the pool's.
    node_index index_of(const identity::endpoint_id& id) const { return nodes_.at(id); }

private:
    std::vector<identity::endpoint_id> ids_;
    std::vector<identity::secret_key> keys_;
    boost::unordered_flat_map<identity::endpoint_id, node_index, std::hash<identity::endpoint_id>>
        nodes_;
};

}  // namespace meshhost::sim
