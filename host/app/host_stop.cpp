// SPDX-License-Identifier: Apache-2.0
// How a host ends: roles first, then the mesh is told, then what is open is closed.
#include "app/host.hpp"
#include "app/host_settings.hpp"

#include <utility>

namespace meshhost::app {

void host::async_stop() {
    if (is_stopping_) return;
    is_stopping_ = true;
    log_.info("stopping");
    stop_.emplace("mesh.node.stop", random_seed(), shard_.now(), unix_now());
    stop_->step("mesh.plugin.stop", shard_.now());
    telemetry_.flush();
    remember();
    reporter_->say_draining();
    plugins_->stop();
}

void host::on_plugins_stopped(std::size_t abandoned) {
    abandoned_ = abandoned;
    if (stop_) stop_->step("mesh.peers.leave", shard_.now());
    peers_->async_stop();
}

/// The service says so from inside a connection's last call: what closes the rest has to wait.
void host::on_stopped() {
    shard_.post([this] { leave_gossip(); });
}

void host::leave_gossip() {
    gossip::gossip_observer& self = *this;
    if (stop_) stop_->step("mesh.gossip.leave", shard_.now());
    if (gossip_ && !is_finished_)
        gossip_->async_stop(self);
    else
        finish();
}

void host::on_gossip_stopped() {
    shard_.post([this] { finish(); });
}

void host::stop_now() {
    abandoned_ += plugins_->measure().strands;  // whatever they said of themselves
    if (is_finished_ && !std::exchange(is_hasty_, true))
        return observer_.on_host_stopped(abandoned_);
    is_hasty_ = true;
    finish();
}

void host::finish() {
    if (is_finished_) return;
    is_finished_ = true;
    if (auditor_) api_->set_auditor(nullptr);
    auditor_.reset();
    if (files_) files_->keep(journal_, shard_.now());
    if (dashboard_) dashboard_->close();
    if (health_) health_->close();
    admin_->close();
    endpoint_->close(0, "stopping");
    export_stop();
}

/// The last spans get a moment to leave: a collector that is away must not hold up the stop.
void host::export_stop() {
    constexpr duration last_words = 1s;
    const auto depart = [this] { observer_.on_host_stopped(abandoned_); };
    // By way of the mesh there is no way any more: others have been told that this host has left.
    if (is_hasty_ || options_.settings.values.telemetry.otlp == "mesh") return depart();
    if (stop_) {
        stop_->end(shard_.now());
        telemetry_.take(stop_->spans());
    }
    telemetry_.async_close(last_words, depart);
}

}  // namespace meshhost::app
