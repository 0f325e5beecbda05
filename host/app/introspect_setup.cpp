// SPDX-License-Identifier: Apache-2.0
#include "app/introspect_setup.hpp"

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
    out.mesh_secret = mesh_secret;
    out.log = logger("introspect");
    return out;
}

bool is_member(const peers::peers_service& peers, const identity::endpoint_id& peer) {
    using peers::peer_state;
    const auto known = peers.find(peer);
    if (!known || !known->entry.digest) return false;
    switch (known->entry.state) {
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
