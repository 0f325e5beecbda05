// SPDX-License-Identifier: Apache-2.0
#include "plugin/shard_uplink.hpp"

#include "net/shard.hpp"
#include "plugin/event_queue.hpp"
#include "plugin/proto/link_codec.hpp"

#include <utility>

namespace meshhost::plugin {

shard_uplink::shard_uplink(
    net::shard& owner,
    std::weak_ptr<uplink_sink> sink,
    std::string instance,
    std::shared_ptr<event_queue> queue
)
    : sink_(std::move(sink))
    , instance_(std::move(instance))
    , queue_(std::move(queue))
    , owner_(&owner) {}

bool shard_uplink::offer(proto::up_message message) {
    const std::size_t size = proto::payload_size(message);
    const std::lock_guard lock(mutex_);
    if (owner_ == nullptr || !meter_.admit(size)) return false;
    post(std::move(message), size);
    return true;
}

void shard_uplink::send(proto::up_message message) {
    const std::size_t size = proto::payload_size(message);
    const std::lock_guard lock(mutex_);
    if (owner_ == nullptr) return;
    meter_.add(size);
    post(std::move(message), size);
}

void shard_uplink::post(proto::up_message message, std::size_t size) {
    owner_->post([self = shared_from_this(), message = std::move(message), size]() mutable {
        self->heard(size);
        if (const auto sink = self->sink_.lock())
            sink->on_message(self->instance_, std::move(message));
    });
}

void shard_uplink::heard(std::size_t size) {
    const std::unique_lock lock(mutex_);
    if (meter_.heard(size)) queue_->send(proto::down::uplink_ready{});
}

void shard_uplink::detach() {
    const std::lock_guard lock(mutex_);
    owner_ = nullptr;
}

}  // namespace meshhost::plugin
