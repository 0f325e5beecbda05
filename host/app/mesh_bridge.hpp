// SPDX-License-Identifier: Apache-2.0
#pragma once
// Between the peers and the plugins: what is known of the mesh goes down as snapshots, what roles
// say of this node goes up into its digest.
#include "base/log.hpp"
#include "base/log_budget.hpp"
#include "net/deadline_timer.hpp"
#include "net/shard.hpp"
#include "peers/peers_service.hpp"
#include "plugin/mesh_view.hpp"
#include "plugin/plugin_manager.hpp"

namespace meshhost::app {

plugin::peer_view plugin_view_of(const peers::peer_view& peer, time_point now);

/// Made before the plugin manager, whose sink it is; attach() tells it where snapshots go. One
/// thread: the shard's. `shard` and `peers` outlive it.
class mesh_bridge final : public plugin::contribution_sink,
                          public peers::peers_observer,
                          net::deadline_sink {
public:
    mesh_bridge(net::shard& shard, peers::peers_service& peers, logger log);
    ~mesh_bridge() override;

    void attach(plugin::plugin_manager* plugins);

    void on_contribution(
        std::string_view instance,
        std::string_view role,
        const peers::proto::contribution& value
    ) override;
    void on_cleared(std::string_view instance, std::string_view role, std::string_view key)
        override;

    void on_peer_changed(const peers::peer_view&) override { publish_soon(); }
    void on_peer_forgotten(const identity::endpoint_id&) override { publish_soon(); }

private:
    void publish_soon();
    void publish();
    void on_deadline(time_point now) override;

    net::shard& shard_;
    peers::peers_service& peers_;
    logger log_;
    log_budget budget_;  ///< of lines that a role can cause
    plugin::plugin_manager* plugins_ = nullptr;
    net::deadline_timer publication_;
    time_point published_at_{};
};

}  // namespace meshhost::app
