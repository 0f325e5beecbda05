// SPDX-License-Identifier: Apache-2.0
#pragma once
// mesh.gossip/1 on the link. `number` is the handle of the subscription.
#include "base/bytes.hpp"
#include "identity/endpoint_id.hpp"

#include <cstdint>
#include <string>

namespace meshhost::plugin::proto {

/// As in the ABI: MESH_LAG_*.
enum class lag_policy : std::uint8_t { drop_oldest = 0, drop_newest = 1, close = 2 };

namespace up {

struct topic_wanted {
    std::uint64_t number = 0;
    std::string topic;
    std::uint64_t queue_messages = 0;
    std::uint64_t queue_bytes = 0;
    lag_policy policy = lag_policy::drop_oldest;
};

struct topic_left {
    std::uint64_t number = 0;
};

struct topic_said {
    std::string topic;
    byte_buffer body;
    std::uint32_t flags = 0;  ///< MESH_PUB_*
};

/// So much of what was heard has been delivered since the last time.
struct topic_taken {
    std::uint64_t number = 0;
    std::uint64_t messages = 0;
    std::uint64_t bytes = 0;
};

}  // namespace up

namespace down {

struct topic_heard {
    std::uint64_t number = 0;
    identity::endpoint_id author;
    identity::endpoint_id via;
    std::uint64_t sequence = 0;
    std::uint32_t hops = 0;
    std::uint32_t flags = 0;  ///< MESH_PUB_*
    byte_buffer body;
};

/// So much was lost here.
struct topic_lagged {
    std::uint64_t number = 0;
    std::uint64_t messages = 0;
    std::uint64_t bytes = 0;
    bool is_over = false;  ///< the subscription has ended of it
};

}  // namespace down

}  // namespace meshhost::plugin::proto
