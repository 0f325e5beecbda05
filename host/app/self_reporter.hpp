// SPDX-License-Identifier: Apache-2.0
#pragma once
// What this node says of itself, put together from the parts that know it.
#include "base/log.hpp"
#include "config/host_config.hpp"
#include "gossip/gossip_service.hpp"
#include "peers/peers_service.hpp"
#include "plugin/plugin_manager.hpp"
#include "transport/endpoint.hpp"

namespace meshhost::app {

/// Whether the instance provides its role.
bool is_active(const plugin::instance_status& status);

/// Refers to parts that outlive it. One thread: the shard's.
class self_reporter {
public:
    self_reporter(
        const config::host_config& settings,
        const transport::endpoint& endpoint,
        const plugin::plugin_manager& plugins,
        peers::peers_service& peers,
        gossip::gossip_service* gossip
    )
        : settings_(settings)
        , endpoint_(endpoint)
        , plugins_(plugins)
        , peers_(peers)
        , gossip_(gossip) {}

    /// Call when roles, addresses or the state of a plugin may have changed: what is different
    /// goes into the digest, and into what neighbours pass on.
    void refresh();

    /// Others may export through this node; told with the next refresh().
    void set_collects() noexcept { collects_ = true; }

    /// What the node may use; told when it is another.
    void set_budget(const peers::proto::node_budget& budget);

    /// From now on the node is draining, and its roles stay what they were.
    void say_draining();

    /// Others are told that the node takes no more work, or does again; see draining in
    /// docs/operating.md.
    void set_drained(bool is_drained);

private:
    const config::host_config& settings_;
    const transport::endpoint& endpoint_;
    const plugin::plugin_manager& plugins_;
    peers::peers_service& peers_;
    gossip::gossip_service* gossip_;  ///< may be null
    logger log_{"host"};
    peers::proto::node_budget budget_;
    bool collects_ = false;
    bool is_draining_ = false;  ///< for good: it stops
    bool is_drained_ = false;   ///< by its operator, until told otherwise
};

}  // namespace meshhost::app
