// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where the audit looks: the rooms of one host, asked between two turns of its loop.
#include "app/audit.hpp"
#include "app/host_reach.hpp"
#include "app/host_telemetry.hpp"
#include "app/ping_table.hpp"
#include "gossip/gossip_service.hpp"
#include "peers/peers_service.hpp"
#include "ping/ping_handler.hpp"
#include "plugin/plugin_manager.hpp"
#include "transport/endpoint.hpp"
#include "usage/process_meter.hpp"

#include <functional>

namespace meshhost::app {

/// A room beyond those below that has connections of its own.
struct connection_user {
    std::string room;
    std::vector<std::string> alpns;
    std::function<std::vector<const transport::connection*>()> owned;
};

/// All of it outlives the audit. What is null is switched off.
struct audit_parts {
    const net::shard& shard;
    const transport::endpoint& endpoint;
    const peers::peers_service& peers;
    const gossip::gossip_service* gossip = nullptr;
    std::string gossip_alpn{};
    const plugin::plugin_manager* plugins = nullptr;
    const ping_table* pings = nullptr;
    const ping::ping_handler* echo = nullptr;
    const usage::process_meter* meter = nullptr;
    std::function<std::size_t()> api_connections{};  ///< of the local API
    std::vector<connection_user> users{};
    const host_telemetry* telemetry = nullptr;
    const host_reach* reach = nullptr;
    bool has_dashboard = false;
};

/// What of the process no room accounts for.
struct audit_constants {
    std::uint64_t descriptors = 0;
    std::uint64_t threads = 0;
};

/// As it is now; the lowest that lasts is what belongs to the process itself.
audit_constants constants_of(const audit_parts& parts);

audit_facts facts_of(const audit_parts& parts, const audit_constants& constants, time_point now);

}  // namespace meshhost::app
