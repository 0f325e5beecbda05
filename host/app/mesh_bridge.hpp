// SPDX-License-Identifier: Apache-2.0
#pragma once
// Between the peers and the plugins: what is known of the mesh goes down as snapshots, what roles
// say of this node goes up into its digest.
#include "base/log.hpp"
#include "net/shard.hpp"
#include "peers/peers_service.hpp"
#include "plugin/mesh_view.hpp"
#include "plugin/plugin_manager.hpp"

#include <memory>

namespace meshhost::app {

plugin::peer_view plugin_view_of(const peers::peer_view& peer, time_point now);

/// Made before the plugin manager, whose sink it is; attach() tells it where snapshots go. One
/// thread: the shard's. `shard` and `peers` outlive it.
class mesh_bridge final : public plugin::contribution_sink, public peers::peers_observer {
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

    net::shard& shard_;
    peers::peers_service& peers_;
    logger log_;
    plugin::plugin_manager* plugins_ = nullptr;
    bool is_publish_due_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace meshhost::app
