// SPDX-License-Identifier: Apache-2.0
#pragma once
// The link to one peer as the machines see it: one life, over however many connections there are,
// and what waits to be sent on it.
#include "gossip/peer_connection.hpp"
#include "gossip/peer_queue.hpp"

#include <memory>
#include <vector>

namespace meshhost::gossip {

/// Has at least one connection from its first add() on, until remove() says otherwise. Two, when
/// two dials have crossed: the newer is sent on, for the older may be of a life that is over, and
/// once the one that the lower id opened proves to live, that one, so that both ends choose the
/// same. The other is read until the peer no longer sends on it. A second connection that cannot
/// have crossed means that the peer has lost the first: it began anew.
class peer_link {
public:
    /// `is_lower`: our id is lower than the peer's.
    peer_link(bool is_lower, const service_limits& limits)
        : is_lower_(is_lower)
        , limits_(limits)
        , queue_(limits) {}

    /// Nothing is numbered 0.
    proto::link_instance instance() const noexcept { return instance_; }

    /// Takes in a connection that is up. True: a new life begins with it, under `next`.
    bool add(
        std::shared_ptr<peer_connection> connection,
        proto::link_instance next,
        time_point now
    );
    /// It has ended. True: it was the last.
    bool remove(const peer_connection& ended);
    bool has(const peer_connection& connection) const;

    /// Queues a frame and sends what can be sent. False: the peer is too slow.
    bool send(proto::send_output frame);
    /// Sends what can be sent.
    void pump();
    /// A frame of the peer came on `connection`.
    void heard_on(const peer_connection& connection);

    /// A new look at the round trip, when one is due and it has changed by a quarter.
    std::optional<duration> poll_rtt(time_point now);

    /// The connections, which the link has no more.
    std::vector<std::shared_ptr<peer_connection>> release();

    const peer_queue& queue() const noexcept { return queue_; }
    /// Frames that a full queue dropped, in all lives.
    std::uint64_t dropped() const noexcept { return dropped_before_ + queue_.dropped(); }
    const std::vector<std::shared_ptr<peer_connection>>& connections() const noexcept {
        return connections_;
    }

private:
    bool may_have_crossed(const peer_connection& newcomer, time_point now) const;

    bool is_lower_;
    service_limits limits_;
    proto::link_instance instance_{};
    std::vector<std::shared_ptr<peer_connection>> connections_;  ///< the first is sent on
    time_point up_since_{};
    peer_queue queue_;
    std::uint64_t dropped_before_ = 0;
    duration rtt_told_{};
    time_point rtt_due_{};
};

}  // namespace meshhost::gossip
