// SPDX-License-Identifier: Apache-2.0
#pragma once
// The topics that one instance has subscribed to. A machine's part.
#include "plugin/proto/credit.hpp"
#include "plugin/proto/handle_table.hpp"
#include "plugin/proto/limits.hpp"

#include <string>
#include <utility>

namespace meshhost::plugin::proto {

struct topic_reading {
    std::string topic;
    std::uint64_t tag = 0;
    taken_meter taken{gossip_window_messages, gossip_window_bytes};
};

/// At most subscriptions_max. One thread: the strand.
class gossip_port {
public:
    /// 0 when there are too many.
    handle subscribe(std::string topic, std::uint64_t tag) {
        return readings_.insert({std::move(topic), tag});
    }
    /// nullptr: no such subscription. Valid until the next change.
    topic_reading* find(handle subscription) noexcept { return readings_.find(subscription); }
    bool unsubscribe(handle subscription) noexcept { return readings_.erase(subscription); }

    /// f(handle, tag&)
    template <class F>
    void for_each(F&& f) {
        readings_.for_each([&](handle each, topic_reading& reading) { f(each, reading.tag); });
    }
    std::size_t size() const noexcept { return readings_.size(); }
    void clear() noexcept { readings_.clear(); }

private:
    handle_table<topic_reading> readings_{handle_kind::gossip_topic, subscriptions_max};
};

}  // namespace meshhost::plugin::proto
