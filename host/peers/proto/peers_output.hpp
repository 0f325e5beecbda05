// SPDX-License-Identifier: Apache-2.0
#pragma once
// What peers_state wants of its driver, and what it has to tell.
#include "identity/endpoint_addr.hpp"
#include "peers/proto/digest_link.hpp"

#include <string>
#include <variant>

namespace meshhost::peers::proto {

/// Open a connection. Answer with link_ready or link_down.
struct dial_output {
    link_id link;
    identity::endpoint_addr to;
};

/// Put a frame on the link's stream. What does not fit: link_blocked now, link_writable later.
struct send_output {
    link_id link;
    byte_buffer frame;
};

/// Close the connection. Answer with link_down.
struct close_output {
    link_id link;
    close_code code;
    std::string reason;
};

/// The registry's entry of the peer changed.
struct peer_changed_output {
    identity::endpoint_id peer;
    bool is_state;  ///< not only what it says of itself: what it is, or why
};

/// Tell everybody in the mesh.
struct broadcast_output {
    byte_buffer content;
    bool is_urgent;
};

/// Compare registries with this neighbour over `mesh/sync/1`. Answer with mesh_sync_ended.
struct sync_output {
    identity::endpoint_id peer;
};

/// Somebody has lost the peer: try every connection to it now, so that ours ends soon if it is
/// dead, too.
struct check_output {
    identity::endpoint_id peer;
};

/// The peer was dropped to make room, or is gone for too long.
struct peer_forgotten_output {
    identity::endpoint_id peer;
};

/// Our own digest has changed.
struct self_changed_output {};

/// A peer gave us a record of ours that is newer than what we say: our clock was set back before
/// this start, or another host uses our key.
struct overruled_output {
    identity::endpoint_id by;
    digest_version version;
};

/// After stop(): every link is gone.
struct stopped_output {};

using peers_output = std::variant<
    dial_output,
    send_output,
    close_output,
    broadcast_output,
    sync_output,
    check_output,
    peer_changed_output,
    peer_forgotten_output,
    self_changed_output,
    overruled_output,
    stopped_output>;

}  // namespace meshhost::peers::proto
