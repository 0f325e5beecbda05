// SPDX-License-Identifier: Apache-2.0
#include "sim/identity_pool.hpp"

#include "sim/draw.hpp"

namespace meshhost::sim {

void identity_pool::reserve(std::size_t count) {
    identity::endpoint_id::remember(count);
    const draw seeds(0, purpose::identity);
    for (std::size_t node = ids_.size(); node < count; ++node) {
        byte_buffer seed(identity::secret_key::seed_size);
        for (std::size_t i = 0; i < seed.size(); ++i)
            seed[i] = static_cast<std::uint8_t>(seeds.bits(node, i));
        keys_.push_back(identity::secret_key::from_seed(seed));
        ids_.push_back(keys_.back().id());
        nodes_.emplace(ids_.back(), static_cast<node_index>(node));
    }
}

}  // namespace meshhost::sim
