// SPDX-License-Identifier: Apache-2.0
#include "gossip/proto/message_store.hpp"

namespace meshhost::gossip::proto {

using identity::content_hash;

const shared_bytes* message_store::frame_of(const content_hash& id) const {
    const auto at = known_.find(id);
    if (at == known_.end() || at->second.empty()) return nullptr;
    return &at->second;
}

void message_store::add(const content_hash& id, shared_bytes frame, time_point now) {
    if (ids_.size() >= limits_.seen_ids) drop_oldest_id();
    while (!frames_.empty()
           && (frames_.size() >= limits_.payloads
               || frame_bytes_ + frame.size() > limits_.payload_bytes))
        drop_oldest_frame();
    frame_bytes_ += frame.size();
    ids_.push({now + options_.seen_retention, id});
    frames_.push({now + options_.payload_retention, id});
    known_.emplace(id, std::move(frame));
}

void message_store::expire(time_point now) {
    while (!frames_.empty() && frames_.front().at <= now)
        drop_oldest_frame();
    while (!ids_.empty() && ids_.front().at <= now)
        drop_oldest_id();
}

void message_store::drop_oldest_id() {
    // Frames never outlive their ids: both queues have one order, and ids are kept for longer.
    if (!frames_.empty() && frames_.front().id == ids_.front().id) drop_oldest_frame();
    known_.erase(ids_.pop().id);
}

void message_store::drop_oldest_frame() {
    const auto at = known_.find(frames_.pop().id);
    frame_bytes_ -= at->second.size();
    at->second = {};
}

}  // namespace meshhost::gossip::proto
