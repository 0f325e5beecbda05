// SPDX-License-Identifier: Apache-2.0
#pragma once
// Who wants to know of peers: the plugin host, the admin API, the log.
#include "peers/peer_view.hpp"

namespace meshhost::peers {

/// How a dial of this room went.
struct dial_result {
    identity::endpoint_id peer;
    duration took{};
    transport::path_info path;                     ///< of one that came up
    const transport::close_reason* why = nullptr;  ///< null: it came up
};

/// Called on the shard's thread after the change, perhaps from inside the call that made it. May
/// call anything on the service but add_observer and remove_observer.
class peers_observer {
public:
    /// Any field of the view but the path's figures differs from the last time.
    virtual void on_peer_changed(const peer_view& peer) = 0;
    /// An unnamed peer that was gone was dropped to make room.
    virtual void on_peer_forgotten(const identity::endpoint_id&) {}
    /// What this node says of itself changed.
    virtual void on_self_changed(const proto::node_digest&) {}
    /// It became, or is no more, a neighbour of this node in the gossip; `is_lost`: without a word.
    virtual void on_neighbor_up(const identity::endpoint_id&) {}
    virtual void on_neighbor_down(const identity::endpoint_id&, bool is_lost) { (void)is_lost; }
    /// Some of what the gossip brought was lost here.
    virtual void on_gossip_lagged() {}
    virtual void on_dialled(const dial_result&) {}
    /// After async_stop(): peers know that we left, every connection is closed.
    virtual void on_stopped() {}

protected:
    ~peers_observer() = default;
};

}  // namespace meshhost::peers
