// SPDX-License-Identifier: Apache-2.0
#include "gossip/proto/id_cache.hpp"

#include "base/assert.hpp"

#include <algorithm>

namespace meshhost::gossip::proto {

id_cache::id_cache(std::size_t entries)
    : slots_(entries) {
    MH_ASSERT(entries > 0, "a cache has a slot");
}

std::optional<identity::endpoint_id> id_cache::read(bytes_view bytes) {
    if (bytes.size() != identity::endpoint_id::size) return std::nullopt;
    // A public key is uniform already, so its first bytes are a hash. Whoever grinds keys for one
    // slot makes us validate more, as a stranger's fresh keys would.
    std::size_t slot = 0;
    for (std::size_t i = 0; i < sizeof slot; ++i)
        slot = slot << 8 | bytes[i];
    identity::endpoint_id& known = slots_[slot % slots_.size()];
    // An empty slot holds zeros, a point of small order that from_bytes refuses: never a hit.
    const bool is_hit = std::equal(bytes.begin(), bytes.end(), known.bytes().begin());
    if (is_hit && known != identity::endpoint_id{}) return known;
    const auto id = identity::endpoint_id::from_bytes(bytes);
    if (id) known = *id;
    return id;
}

}  // namespace meshhost::gossip::proto
