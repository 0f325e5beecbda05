// SPDX-License-Identifier: Apache-2.0
#pragma once
// The gossip topic on which the hosts of a mesh hear of each other.
#include "gossip/gossip_service.hpp"

#include <string_view>

namespace meshhost::peers {

/// Of a mesh: BLAKE3 of its name and its secret, which may be empty. Who does not know both does
/// not find the others.
identity::topic_id digest_topic_id(std::string_view mesh, bytes_view secret);

class digest_topic_sink {
public:
    virtual void on_topic_message(bytes_view content) = 0;
    /// Some of what should have been told here was not.
    virtual void on_topic_lagged() = 0;
    virtual void on_topic_neighbor_up(const identity::endpoint_id& peer) = 0;
    virtual void on_topic_neighbor_down(
        const identity::endpoint_id& peer,
        gossip::proto::down_reason why
    ) = 0;

protected:
    ~digest_topic_sink() = default;
};

/// Joined while it exists. One thread: the shard's.
class digest_topic final : private gossip::gossip_subscriber {
public:
    /// `gossip` and `sink` outlive it. Nothing is heard if the service has no room for it.
    digest_topic(
        gossip::gossip_service& gossip,
        const identity::topic_id& topic,
        const std::vector<identity::endpoint_addr>& bootstrap,
        digest_topic_sink& sink
    );
    digest_topic(const digest_topic&) = delete;
    digest_topic& operator=(const digest_topic&) = delete;
    ~digest_topic();

    /// Whatever cannot be said now is said by the next comparison.
    void broadcast(bytes_view content, bool is_urgent);

    const identity::topic_id& id() const noexcept { return topic_; }

private:
    void on_gossip_ready(gossip::subscription& from) override;

    gossip::gossip_service& gossip_;
    identity::topic_id topic_;
    digest_topic_sink& sink_;
    std::shared_ptr<gossip::subscription> subscription_;
};

}  // namespace meshhost::peers
