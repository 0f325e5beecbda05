// SPDX-License-Identifier: Apache-2.0
#include "app/mesh_bridge.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace meshhost::app {

namespace {

/// A role that acts on its peers notices no tenth of a second; a snapshot of a thousand costs a
/// millisecond. A guess.
constexpr duration snapshot_gap = 100ms;

plugin::peer_presence presence_of(peers::peer_state state) {
    using peers::peer_state;
    switch (state) {
    case peer_state::joining:
    case peer_state::alive:
    case peer_state::degraded:
    case peer_state::stale:  // nobody's word for its death is enough yet
        return plugin::peer_presence::up;
    case peer_state::draining:
        return plugin::peer_presence::draining;
    case peer_state::connecting:
    case peer_state::left:
    case peer_state::dead:
    case peer_state::refused:
        return plugin::peer_presence::down;
    }
    return plugin::peer_presence::down;
}

plugin::peer_path path_of(transport::path_kind kind) {
    switch (kind) {
    case transport::path_kind::unknown:
        return plugin::peer_path::unknown;
    case transport::path_kind::direct:
        return plugin::peer_path::direct;
    case transport::path_kind::relayed:
        return plugin::peer_path::relayed;
    }
    return plugin::peer_path::unknown;
}

}  // namespace

plugin::peer_view plugin_view_of(const peers::peer_view& peer, time_point now) {
    const auto& entry = peer.entry;
    plugin::peer_view view;
    view.presence = presence_of(entry.state);
    view.reason = peer.evidence;
    view.since = entry.since;
    if (peer.path) {
        view.path = path_of(peer.path->kind);
        if (peer.path->rtt != duration::zero()) view.rtt = peer.path->rtt;
    }
    if (!entry.digest) return view;
    view.roles = fmt::format("{}", fmt::join(entry.digest->roles, ","));
    view.digest_sequence = entry.digest->sequence;
    view.digest_received = entry.last_heard.value_or(now);
    view.contributions = entry.digest->contributions;
    return view;
}

mesh_bridge::mesh_bridge(net::shard& shard, peers::peers_service& peers, logger log)
    : shard_(shard)
    , peers_(peers)
    , log_(std::move(log))
    , publication_(shard, *this) {
    peers_.add_observer(*this);
}

mesh_bridge::~mesh_bridge() {
    peers_.remove_observer(*this);
}

void mesh_bridge::attach(plugin::plugin_manager* plugins) {
    plugins_ = plugins;
    if (plugins_ != nullptr) publish();
}

void mesh_bridge::on_contribution(
    std::string_view instance,
    std::string_view role,
    const peers::proto::contribution& value
) {
    if (const auto ec = peers_.set_contribution(value))
        log_.log(
            budget_.spend(log_level::warn, shard_.now()),
            "{}: {}.{} does not go into the digest: {}",
            instance,
            role,
            value.key,
            ec.message()
        );
}

void mesh_bridge::on_cleared(
    std::string_view instance,
    std::string_view role,
    std::string_view key
) {
    if (const auto ec = peers_.clear_contribution(role, key))
        log_.log(
            budget_.spend(log_level::warn, shard_.now()),
            "{}: {}.{} stays in the digest: {}",
            instance,
            role,
            key,
            ec.message()
        );
}

/// Many peers may change in one turn of the loop, and in a busy mesh in every one: plugins get one
/// snapshot of it, at once if they had none lately.
void mesh_bridge::publish_soon() {
    if (plugins_ != nullptr) publication_.arm(std::max(shard_.now(), published_at_ + snapshot_gap));
}

void mesh_bridge::on_deadline(time_point) {
    if (plugins_ != nullptr) publish();
}

void mesh_bridge::publish() {
    auto snapshot = std::make_shared<plugin::peer_snapshot>();
    const auto now = shard_.now();
    published_at_ = now;
    for (const auto& peer : peers_.snapshot())
        snapshot->emplace(peer.entry.id, plugin_view_of(peer, now));
    plugins_->publish(std::move(snapshot));
}

}  // namespace meshhost::app
