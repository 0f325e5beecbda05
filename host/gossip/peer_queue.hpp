// SPDX-License-Identifier: Apache-2.0
#pragma once
// The frames that wait for one peer, all topics together. Never blocks: when it is full it drops
// what the protocol repairs by itself, and when there is no such thing the peer is too slow.
#include "gossip/proto/gossip_output.hpp"
#include "gossip/service_limits.hpp"

#include <deque>

namespace meshhost::gossip {

/// In the order of their coming, but for urgent ones. Keeps queue_frames and queue_bytes.
class peer_queue {
public:
    explicit peer_queue(const service_limits& limits)
        : limits_(limits) {}

    /// Shuffles make room first, then announcements. False: there is nothing left to drop, and the
    /// frame was not taken.
    bool push(proto::send_output frame);

    /// Precondition of both: not empty().
    const proto::send_output& front() const { return frames_.front(); }
    void pop();

    bool empty() const noexcept { return frames_.empty(); }
    std::size_t size() const noexcept { return frames_.size(); }
    std::size_t bytes() const noexcept { return bytes_; }
    std::uint64_t dropped() const noexcept { return dropped_; }

private:
    bool has_room_for(std::size_t size) const noexcept;
    bool drop_one(proto::traffic_class kind);

    service_limits limits_;
    std::deque<proto::send_output> frames_;
    std::size_t bytes_ = 0;
    std::uint64_t dropped_ = 0;
};

}  // namespace meshhost::gossip
