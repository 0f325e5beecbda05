// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the local API says of how this host is reached.
#include "admin/reach_snapshot.hpp"
#include "app/host_reach.hpp"
#include "peers/peers_service.hpp"

namespace meshhost::app {

admin::reach_snapshot snapshot_of(
    const host_reach& reach,
    const transport::endpoint& endpoint,
    const peers::peers_service& peers,
    bool is_relay_only
);

}  // namespace meshhost::app
