// SPDX-License-Identifier: Apache-2.0
#include "telemetry/event.hpp"

namespace meshhost::telemetry {

const char* to_string(event_type type) noexcept {
    switch (type) {
    case event_type::peer_state:
        return "peer.state";
    case event_type::peer_path:
        return "peer.path";
    case event_type::plugin_state:
        return "plugin.state";
    case event_type::self_state:
        return "self.state";
    case event_type::neighbor_up:
        return "neighbor.up";
    case event_type::neighbor_down:
        return "neighbor.down";
    case event_type::gossip_lagged:
        return "gossip.lagged";
    case event_type::audit_discrepancy:
        return "audit.discrepancy";
    case event_type::lab_fault:
        return "lab.fault";
    }
    return "unknown";
}

}  // namespace meshhost::telemetry
