// SPDX-License-Identifier: Apache-2.0
#pragma once
// Who wants to hear of which topic.
#include "gossip/subscription.hpp"
#include "net/shard.hpp"

#include <map>
#include <memory>
#include <vector>

namespace meshhost::gossip {

/// Owned by the service. At most service_limits::subscribers a topic.
class subscriber_table {
public:
    subscriber_table(net::shard& shard, const service_limits& limits)
        : shard_(shard)
        , limits_(limits) {}

    /// nullptr: the topic has too many.
    std::shared_ptr<subscription> add(
        const identity::topic_id& topic,
        gossip_subscriber& subscriber
    );
    /// Nothing more comes to it. True: it was the topic's last.
    bool remove(subscription& ended);

    /// Puts the event into the ring of every subscriber of the topic, and wakes it.
    void publish(const identity::topic_id& topic, const gossip_event& event);

    std::vector<identity::topic_id> topics() const;
    std::size_t size() const noexcept { return size_; }
    std::uint64_t lagged() const;

private:
    using list = std::vector<std::shared_ptr<subscription>>;

    net::shard& shard_;
    service_limits limits_;
    std::map<identity::topic_id, list> topics_;
    std::size_t size_ = 0;
    std::uint64_t lagged_before_ = 0;  ///< of those that left
};

}  // namespace meshhost::gossip
