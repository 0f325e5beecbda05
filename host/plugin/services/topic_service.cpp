// SPDX-License-Identifier: Apache-2.0
#include "plugin/services/topic_service.hpp"

#include "net/shard.hpp"
#include "plugin/proto/credit.hpp"
#include "plugin/services/topic_hub.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::plugin {

namespace {

/// The instance has checked it; a process of its own is not believed.
std::size_t within(std::uint64_t wanted, std::size_t most) {
    return static_cast<std::size_t>(std::clamp<std::uint64_t>(wanted, 1, most));
}

}  // namespace

/// One subscription.
class topic_service::reading final : public topic_reader {
public:
    reading(const proto::up::topic_wanted& wanted, downlink& to)
        : number_(wanted.number)
        , topic_(wanted.topic)
        , to_(to)
        , waiting_(
              within(wanted.queue_messages, proto::lag_messages_max),
              within(wanted.queue_bytes, proto::lag_bytes_max),
              wanted.policy
          ) {}

    const std::string& topic() const noexcept { return topic_; }
    void on_topic_message(const topic_message& message) override {
        waiting_.push(message, message.body.size());
        flush();
    }
    void on_topic_lost(const proto::lag_count& lost) override {
        waiting_.lose(lost);
        flush();
    }
    void taken(const proto::up::topic_taken& what) {
        window_.taken(what.messages, what.bytes);
        flush();
    }

private:
    void flush() {
        while (window_.has_room() && !is_over_) {
            auto next = waiting_.pop();
            if (!next) return tell_rest();
            if (!next->lost_before.empty()) tell(next->lost_before, false);
            window_.sent(next->size);
            topic_message& heard = next->item;
            to_.send(proto::down::topic_heard{
                number_,
                heard.author,
                heard.via,
                heard.sequence,
                heard.hops,
                heard.flags,
                std::move(heard.body)});
        }
    }
    void tell_rest() {
        const proto::lag_count lost = waiting_.take_lag();
        if (lost.empty()) return;
        is_over_ = waiting_.is_closed();
        tell(lost, is_over_);
    }
    /// Counts as a message does: who does not read is told no more.
    void tell(const proto::lag_count& lost, bool is_over) {
        window_.sent(0);
        to_.send(proto::down::topic_lagged{number_, lost.messages, lost.bytes, is_over});
    }

    std::uint64_t number_;
    std::string topic_;
    downlink& to_;
    proto::lag_queue<topic_message> waiting_;
    proto::send_window window_{proto::gossip_window_messages, proto::gossip_window_bytes};
    bool is_over_ = false;  ///< the instance has been told, and will leave
};

topic_service::topic_service(
    net::shard& shard,
    topic_hub* hub,
    const permission_check& allows,
    downlink& to
)
    : shard_(shard)
    , hub_(hub)
    , allows_(allows)
    , to_(to) {}

topic_service::~topic_service() {
    if (hub_ == nullptr) return;
    for (const auto& [number, each] : readings_)
        hub_->leave(each->topic(), *each);
    hub_->forget(this);
}

void topic_service::take(proto::up::topic_wanted&& wanted) {
    const bool is_sound = hub_ != nullptr && proto::is_topic_name(wanted.topic)
                          && readings_.size() < proto::subscriptions_max
                          && !readings_.contains(wanted.number)
                          && allows_("gossip:sub:" + wanted.topic);
    if (is_sound) {
        auto made = std::make_unique<reading>(wanted, to_);
        if (hub_->read(wanted.topic, *made, this)) {
            readings_.emplace(wanted.number, std::move(made));
            return;
        }
    }
    to_.send(proto::down::topic_lagged{wanted.number, 0, 0, true});
}

void topic_service::take(proto::up::topic_left&& left) {
    const auto at = readings_.find(left.number);
    if (at == readings_.end()) return;
    hub_->leave(at->second->topic(), *at->second);
    readings_.erase(at);
}

void topic_service::take(proto::up::topic_said&& said) {
    const bool is_sound = hub_ != nullptr && proto::is_topic_name(said.topic)
                          && said.body.size() <= proto::gossip_body_max
                          && allows_("gossip:pub:" + said.topic)
                          && budget_.take(said.body.size(), shard_.now());
    if (is_sound) hub_->say(said.topic, std::move(said.body), said.flags, this);
}

void topic_service::take(proto::up::topic_taken&& taken) {
    const auto at = readings_.find(taken.number);
    if (at != readings_.end()) at->second->taken(taken);
}

}  // namespace meshhost::plugin
