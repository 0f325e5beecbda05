// SPDX-License-Identifier: Apache-2.0
#include "gossip/peer_queue.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace meshhost::gossip {

using proto::traffic_class;

namespace {

/// What an urgent message must not overtake: who is a neighbour has to be known first.
bool is_ahead_of_urgent(const proto::send_output& frame) {
    return frame.is_urgent || frame.kind == traffic_class::membership
           || frame.kind == traffic_class::repair;
}

bool is_droppable(traffic_class kind) {
    return kind == traffic_class::shuffle || kind == traffic_class::announce;
}

}  // namespace

bool peer_queue::push(proto::send_output frame) {
    while (!has_room_for(frame.frame.size())) {
        if (drop_one(traffic_class::shuffle)) continue;
        if (is_droppable(frame.kind)) {
            ++dropped_;
            return true;
        }
        if (!drop_one(traffic_class::announce)) return false;
    }
    auto place = frames_.end();
    while (frame.is_urgent && place != frames_.begin() && !is_ahead_of_urgent(*std::prev(place)))
        --place;
    bytes_ += frame.frame.size();
    frames_.insert(place, std::move(frame));
    return true;
}

bool peer_queue::has_room_for(std::size_t size) const noexcept {
    return frames_.size() < limits_.queue_frames && bytes_ + size <= limits_.queue_bytes;
}

bool peer_queue::drop_one(traffic_class kind) {
    const auto oldest = std::find_if(frames_.begin(), frames_.end(), [kind](const auto& frame) {
        return frame.kind == kind;
    });
    if (oldest == frames_.end()) return false;
    bytes_ -= oldest->frame.size();
    frames_.erase(oldest);
    ++dropped_;
    return true;
}

void peer_queue::pop() {
    bytes_ -= frames_.front().frame.size();
    frames_.pop_front();
}

}  // namespace meshhost::gossip
