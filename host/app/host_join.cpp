// SPDX-License-Identifier: Apache-2.0
// How a host finds its mesh, and what it looks at now and then.
#include "app/host.hpp"
#include "app/host_settings.hpp"
#include "app/plugin_setup.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

namespace meshhost::app {

outcome<void> host::name_peers() {
    for (const auto& text : options_.settings.values.mesh.peers) {
        const auto read = identity::parse_peer(text);
        if (!read) return read.error();
        named_.push_back(*read);
    }
    for (const auto& peer : named_)
        if (!peers_->name_peer(peer)) log_.warn("no room for the peer id={}", peer.id.short_text());
    return {};
}

void host::open_reach() {
    reach_ = std::make_unique<host_reach>(reach_parts{
        .shard = shard_,
        .endpoint = *endpoint_,
        .settings = options_.settings.values,
        .key = *key_,
        .address_of = [this](const identity::endpoint_id& peer
                      ) { return address_of(*peers_, named_, peer); },
        .on_self_changed = [this] { reporter_->refresh(); },
        .on_reach_changed =
            [this](const identity::endpoint_id& peer, const nat::proto::reach& now) {
                events_.on_reach_changed(peer, now);
            },
        .on_found = [this](const identity::endpoint_addr&) { meet_found(); },
        .on_lost = [this](const identity::endpoint_id& peer) { found_->lose(peer); }});
    found_.emplace(*peers_, named_);
}

void host::meet_found() {
    if (!reach_ || is_stopping_) return;
    found_->meet(reach_->found(), remembered_ ? remembered_->known() : found_peers::table());
}

void host::recall() {
    const auto& settings = options_.settings.values;
    const auto topic = peers_->topic();
    if (!settings.mesh.remember_peers || !topic) return;
    const auto file = settings.node.data_dir / "peers.json";
    remembered_.emplace(file, *topic);
    if (remembered_->is_unreadable())
        log_.warn("{} cannot be read and is written anew: nobody is remembered", file.string());
}

/// Whom to ask at the next start, should it find nobody else.
void host::remember() {
    if (!remembered_) return;
    const auto members = addresses_of_members(*peers_, named_);
    if (remembered_->keep(members, shard_.now())) {
        is_forgetful_ = false;
    } else if (const int why = errno; !std::exchange(is_forgetful_, true)) {
        log_.warn("cannot write down the peers of this mesh: {}", std::strerror(why));
    }
}

/// From here on it depends on others.
void host::begin_join() {
    if (!gossip_) return;
    const auto& root = boot_.spans().front();
    join_.begin(
        {.seeds = named_.size(),
         .neighbors = view_size_,
         .seed = random_seed(),
         .start = {root.trace, root.id}},
        shard_.now(),
        unix_now()
    );
}

void host::on_neighbor_up(const identity::endpoint_id& peer) {
    const auto ways =
        api_ ? api_->gossip_paths() : std::map<identity::endpoint_id, admin::path_snapshot>();
    const auto way = ways.find(peer);
    const auto path = way == ways.end() ? admin::path_snapshot{.kind = "unknown"} : way->second;
    join_.on_neighbor({peer.to_hex(), path.kind, path.reason}, shard_.now());
}

/// Every two seconds, when the usage was looked at.
void host::look(time_point now) {
    telemetry_.look(now);
    if (files_) files_->keep(journal_, now);
    meet_found();
    if (remembered_ && remembered_->is_due(now)) remember();
    if (gossip_)
        for (const auto* connection : gossip_->owned()) {
            const auto path = connection->path();
            telemetry_.saw_round_trip(path.kind == transport::path_kind::direct, path.rtt);
        }
    if (!join_.look(now)) return;
    boot_.joined(join_.spans());
    telemetry_.take(join_.spans());
}

/// Whoever comes back with its id is another process.
void host::on_peer_changed(const peers::peer_view& peer) {
    using peers::proto::peer_state;
    const bool is_gone =
        peer.entry.state == peer_state::dead || peer.entry.state == peer_state::left;
    if (is_gone && asker_) asker_->forget(peer.entry.id);
}

}  // namespace meshhost::app
