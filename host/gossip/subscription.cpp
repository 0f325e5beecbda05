// SPDX-License-Identifier: Apache-2.0
#include "gossip/subscription.hpp"

#include <utility>

namespace meshhost::gossip {

namespace {

std::size_t size_of(const gossip_event& event) {
    const auto* const message = std::get_if<proto::message_output>(&event);
    return message == nullptr ? 0 : message->content.size();
}

}  // namespace

bool subscription::push(gossip_event event) {
    const bool was_empty = events_.empty();
    bytes_ += size_of(event);
    events_.push_back(std::move(event));
    while (events_.size() > limits_.ring_events || bytes_ > limits_.ring_bytes) {
        bytes_ -= size_of(events_.front());
        events_.pop_front();
        ++lost_;
        ++lagged_;
    }
    return was_empty;
}

std::optional<gossip_event> subscription::poll() {
    if (lost_ > 0) return lagged_event{std::exchange(lost_, 0)};
    if (events_.empty()) return std::nullopt;
    gossip_event next = std::move(events_.front());
    events_.pop_front();
    bytes_ -= size_of(next);
    return next;
}

}  // namespace meshhost::gossip
