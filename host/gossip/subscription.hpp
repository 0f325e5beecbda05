// SPDX-License-Identifier: Apache-2.0
#pragma once
// What happens on a topic, as one subscriber gets it: a bounded ring of events that it takes when
// it likes. Who falls behind loses the oldest and is told how many.
#include "gossip/proto/gossip_output.hpp"
#include "gossip/service_limits.hpp"

#include <deque>
#include <optional>
#include <variant>

namespace meshhost::gossip {

/// So many events were lost here; what neighbours there are now, gossip_service::measure(topic)
/// says.
struct lagged_event {
    std::uint64_t events = 0;
};

using gossip_event = std::variant<
    proto::message_output,
    proto::neighbor_up_output,
    proto::neighbor_down_output,
    lagged_event>;

class subscription;

class gossip_subscriber {
public:
    /// Events wait in a ring that was empty. On the shard's thread, never from inside a call on
    /// the service; may call anything on it.
    virtual void on_gossip_ready(subscription& from) = 0;

protected:
    ~gossip_subscriber() = default;
};

/// Made by gossip_service::subscribe(), ended by leave(); what waits then may still be taken.
/// One thread: the shard's.
class subscription {
public:
    subscription(
        const identity::topic_id& topic,
        gossip_subscriber& subscriber,
        const service_limits& limits
    )
        : topic_(topic)
        , subscriber_(&subscriber)
        , limits_(limits) {}

    const identity::topic_id& topic() const noexcept { return topic_; }

    /// The next event; nullopt: on_gossip_ready() says when there is one.
    std::optional<gossip_event> poll();

    std::uint64_t lagged() const noexcept { return lagged_; }

    // --- for the service ---
    /// True: the ring was empty.
    bool push(gossip_event event);
    void wake() {
        if (subscriber_ != nullptr) subscriber_->on_gossip_ready(*this);
    }
    void end() noexcept { subscriber_ = nullptr; }

private:
    identity::topic_id topic_;
    gossip_subscriber* subscriber_;  ///< nullptr once it has left
    service_limits limits_;
    std::deque<gossip_event> events_;
    std::size_t bytes_ = 0;     ///< of message contents in it
    std::uint64_t lost_ = 0;    ///< events, since the subscriber was last told
    std::uint64_t lagged_ = 0;  ///< events lost in all
};

}  // namespace meshhost::gossip
