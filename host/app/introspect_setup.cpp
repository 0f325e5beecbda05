// SPDX-License-Identifier: Apache-2.0
#include "app/introspect_setup.hpp"

#include "app/mesh_channel.hpp"

namespace meshhost::app {

introspect::server_options introspect_options_of(
    const config::introspect_config& settings,
    const byte_buffer& mesh_secret
) {
    using introspect::permission;
    introspect::server_options out;
    out.allow = settings.allow == "all"    ? permission::all
                : settings.allow == "read" ? permission::read
                                           : permission::none;
    out.open_posts = {collect_path};
    out.mesh_secret = mesh_secret;
    out.log = logger("introspect");
    return out;
}

bool is_member(const peers::peers_service& peers, const identity::endpoint_id& peer) {
    const auto known = peers.find(peer);
    return known && is_member(known->entry);
}

bool is_member(const peers::peer_entry& peer) {
    using peers::peer_state;
    if (!peer.digest) return false;
    switch (peer.state) {
    case peer_state::connecting:
    case peer_state::left:
    case peer_state::dead:
    case peer_state::refused:
        return false;
    default:
        return true;
    }
}

}  // namespace meshhost::app
