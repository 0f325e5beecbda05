// SPDX-License-Identifier: Apache-2.0
#include "app/event_recorder.hpp"

#include "app/snapshots.hpp"

#include <utility>

namespace meshhost::app {

using telemetry::event_type;

namespace {

/// "direct 192.0.2.7:4433"; empty while there is none.
std::string path_text(const std::optional<transport::path_info>& path) {
    if (!path || path->kind == transport::path_kind::unknown) return "";
    const auto shown = snapshot_of(*path);
    return shown.remote.empty() ? shown.kind : shown.kind + " " + shown.remote;
}

}  // namespace

void event_recorder::write(event_type type, telemetry::event what) {
    what.type = type;
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    what.at = std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch);
    if (listener_) listener_(what);
    journal_.append(std::move(what));
}

telemetry::event event_recorder::of_peer(const identity::endpoint_id& peer) const {
    telemetry::event out;
    out.peer = peer.to_hex();
    const auto known = peers_.find(peer);
    if (known != peers_.end()) out.name = known->second.name;
    return out;
}

void event_recorder::on_peer_changed(const peers::peer_view& peer) {
    auto& known = peers_[peer.entry.id];
    if (peer.entry.digest) known.name = peer.entry.digest->name;
    const std::string state = to_string(peer.entry.state);
    if (known.state != state || known.evidence != peer.entry.evidence) {
        auto changed = of_peer(peer.entry.id);
        changed.from = std::exchange(known.state, state);
        changed.to = state;
        known.evidence = peer.entry.evidence;
        changed.reason = peer.evidence;
        write(event_type::peer_state, std::move(changed));
    }
    auto path = path_text(peer.path);
    if (path == known.path) return;
    auto moved = of_peer(peer.entry.id);
    moved.from = std::exchange(known.path, path);
    moved.to = std::move(path);
    if (peer.path) moved.reason = peer.path->reason;
    write(event_type::peer_path, std::move(moved));
}

void event_recorder::on_peer_forgotten(const identity::endpoint_id& peer) {
    peers_.erase(peer);
}

void event_recorder::on_self_changed(const peers::proto::node_digest& self) {
    const std::string state = text_of(self.state);
    if (state == self_state_) return;
    telemetry::event changed;
    changed.from = std::exchange(self_state_, state);
    changed.to = state;
    write(event_type::self_state, std::move(changed));
}

void event_recorder::on_neighbor_up(const identity::endpoint_id& peer) {
    write(event_type::neighbor_up, of_peer(peer));
}

void event_recorder::on_neighbor_down(const identity::endpoint_id& peer, bool is_lost) {
    auto gone = of_peer(peer);
    gone.reason = is_lost ? "its connection ended" : "it or this host chose another";
    write(event_type::neighbor_down, std::move(gone));
}

void event_recorder::on_gossip_lagged() {
    telemetry::event lagged;
    lagged.reason = "messages were dropped because this host did not keep up";
    write(event_type::gossip_lagged, std::move(lagged));
}

void event_recorder::on_instance_changed(const plugin::instance_status& status) {
    std::string state = to_string(status.state);
    if (status.health != 0) state = plugin::health_text(status.health);
    auto& known = instances_[status.instance];
    if (known == state) return;
    telemetry::event changed;
    changed.name = status.instance;
    changed.from = std::exchange(known, state);
    changed.to = state;
    changed.reason = status.health != 0 ? status.health_reason : status.last_error;
    write(event_type::plugin_state, std::move(changed));
}

void event_recorder::on_reach_changed(
    const identity::endpoint_id& peer,
    const nat::proto::reach& now
) {
    const auto known = peers_.find(peer);
    if (known == peers_.end()) return;
    telemetry::event what = of_peer(peer);
    what.to = nat::proto::to_string(now);
    what.from = std::exchange(known->second.reach, what.to);
    what.reason = nat::proto::describe(now.why);
    if (what.from != what.to) write(event_type::peer_path, std::move(what));
}

void event_recorder::on_lab_fault(std::string what) {
    telemetry::event injected;
    injected.reason = std::move(what);
    write(event_type::lab_fault, std::move(injected));
}

}  // namespace meshhost::app
