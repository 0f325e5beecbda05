// SPDX-License-Identifier: Apache-2.0
#pragma once
// Settings → who may ask this host over the mesh, and what.
#include "config/host_config.hpp"
#include "introspect/introspect_server.hpp"
#include "peers/peers_service.hpp"

namespace meshhost::app {

introspect::server_options introspect_options_of(
    const config::introspect_config& settings,
    const byte_buffer& mesh_secret
);

/// Whether the registry counts `peer` as a member of the mesh that is there.
bool is_member(const peers::peers_service& peers, const identity::endpoint_id& peer);
bool is_member(const peers::peer_entry& peer);

}  // namespace meshhost::app
