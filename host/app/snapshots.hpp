// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the rooms know, as the plain values of the local API. Pure.
#include "admin/audit_snapshot.hpp"
#include "admin/snapshot.hpp"
#include "app/audit.hpp"
#include "gossip/probe.hpp"
#include "peers/peer_view.hpp"
#include "plugin/plugin_manager.hpp"
#include "transport/connection.hpp"

#include <span>

namespace meshhost::app {

/// What a node says of its own state, in the words of peer_snapshot::state.
const char* text_of(peers::proto::node_state state);

/// "hub", "edge", "leaf" or "observer".
const char* text_of(peers::proto::node_tier tier);

admin::budget_snapshot snapshot_of(const peers::proto::node_budget& budget);
admin::load_snapshot snapshot_of(const peers::proto::load_class& load);
admin::audit_snapshot snapshot_of(const audit_report& report);
admin::path_snapshot snapshot_of(const transport::path_info& path);
admin::peer_snapshot snapshot_of(const peers::peer_view& peer, time_point now);
std::vector<admin::contribution_snapshot> snapshot_of(
    std::span<const peers::proto::contribution> contributions
);

/// Of the topic on which digests travel, whose id is for the caller to fill in.
admin::gossip_snapshot snapshot_of(const gossip::proto::topic_probe& topic);
/// "eager" or "lazy"; empty when the peer is no neighbour.
std::string gossip_mode_of(
    const gossip::proto::topic_probe& topic,
    const identity::endpoint_id& peer
);

std::vector<std::string> texts_of(std::span<const ip_endpoint> addresses);

admin::plugin_snapshot snapshot_of(const plugin::instance_status& role, time_point now);

}  // namespace meshhost::app
