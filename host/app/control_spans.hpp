// SPDX-License-Identifier: Apache-2.0
#pragma once
// What this host does for itself, as spans for the flight recorder: dials, callbacks that were too
// slow, and every event of the journal.
#include "base/prng.hpp"
#include "peers/peers_observer.hpp"
#include "plugin/plugin_manager.hpp"
#include "telemetry/event.hpp"
#include "telemetry/span.hpp"

namespace meshhost::app {

/// Pure; one thread. `wall`: now, since the Unix epoch.
class control_spans {
public:
    /// `seed` makes the ids.
    explicit control_spans(std::uint64_t seed)
        : ids_(seed) {}

    /// mesh.peer.dial: failed, unless this host gave it up itself.
    telemetry::span of_dial(const peers::dial_result& dial, duration wall);
    /// mesh.plugin.slow_call.
    telemetry::span of_slow_call(
        const plugin::instance_status& of,
        const std::string& what,
        duration wall
    );
    /// mesh.gossip.late: a message that `peer` brought, from its first announcement on.
    telemetry::span of_late_delivery(const std::string& peer, duration waited, duration wall);
    /// "mesh." and the event's type, of no length. Failed, when what happened is a failure: a peer
    /// died, a plugin failed, the books do not balance.
    telemetry::span of_event(const telemetry::event& happened);

private:
    telemetry::span begun(std::string name, duration at);

    prng ids_;
};

}  // namespace meshhost::app
