// SPDX-License-Identifier: Apache-2.0
#pragma once
// Notes in the flight recorder what this host does for itself, and tells it what is out of the
// ordinary.
#include "app/control_spans.hpp"
#include "app/host_telemetry.hpp"
#include "gossip/proto/gossip_output.hpp"
#include "net/shard.hpp"
#include "peers/peers_observer.hpp"
#include "telemetry/anomaly_watch.hpp"

#include <set>

namespace meshhost::app {

/// One thread: the shard's. `shard` and `telemetry` outlive it.
class flight_watch final : public peers::peers_observer {
public:
    flight_watch(net::shard& shard, host_telemetry& telemetry);

    /// Of the journal: the paths of peers among them.
    void on_event(const telemetry::event& happened);
    void on_slow_call(const plugin::instance_status& of, const std::string& what);
    void on_late_delivery(const gossip::proto::message_output& late);
    // peers_observer
    void on_peer_changed(const peers::peer_view&) override {}
    void on_dialled(const peers::dial_result& dial) override;
    void on_peer_forgotten(const identity::endpoint_id& peer) override { unreached_.erase(peer); }

private:
    net::shard& shard_;
    host_telemetry& telemetry_;
    control_spans controls_;
    telemetry::path_watch paths_;
    std::set<identity::endpoint_id> unreached_;  ///< known peers whose last dial failed
};

}  // namespace meshhost::app
