// SPDX-License-Identifier: Apache-2.0
#include "gossip/subscriber_table.hpp"

#include <algorithm>

namespace meshhost::gossip {

using identity::topic_id;

std::shared_ptr<subscription> subscriber_table::add(
    const topic_id& topic,
    gossip_subscriber& subscriber
) {
    const auto known = topics_.find(topic);
    if (known != topics_.end() && known->second.size() >= limits_.subscribers) return nullptr;
    auto made = std::make_shared<subscription>(topic, subscriber, limits_);
    topics_[topic].push_back(made);
    ++size_;
    return made;
}

bool subscriber_table::remove(subscription& ended) {
    ended.end();
    const auto at = topics_.find(ended.topic());
    if (at == topics_.end()) return false;
    const auto gone =
        std::erase_if(at->second, [&](const auto& one) { return one.get() == &ended; });
    if (gone == 0) return false;
    --size_;
    lagged_before_ += ended.lagged();
    if (!at->second.empty()) return false;
    topics_.erase(at);
    return true;
}

void subscriber_table::publish(const topic_id& topic, const gossip_event& event) {
    const auto at = topics_.find(topic);
    if (at == topics_.end()) return;
    for (const auto& one : at->second) {
        if (!one->push(event)) continue;
        shard_.post([waiting = std::weak_ptr(one)] {
            if (const auto it = waiting.lock()) it->wake();
        });
    }
}

std::vector<topic_id> subscriber_table::topics() const {
    std::vector<topic_id> all;
    for (const auto& [topic, subscribers] : topics_)
        all.push_back(topic);
    return all;
}

std::uint64_t subscriber_table::lagged() const {
    std::uint64_t events = lagged_before_;
    for (const auto& [topic, subscribers] : topics_)
        for (const auto& one : subscribers)
            events += one->lagged();
    return events;
}

}  // namespace meshhost::gossip
