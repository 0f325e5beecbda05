// SPDX-License-Identifier: Apache-2.0
#pragma once
// The seam between plugins and the mesh. What plugins see comes down as a snapshot that the
// composition root publishes at every change; what they say of themselves goes up to the sink.
#include "peers/proto/node_digest.hpp"
#include "plugin/proto/peer_snapshot.hpp"

#include <string_view>

namespace meshhost::plugin {

using proto::peer_path;
using proto::peer_presence;
using proto::peer_snapshot;
using proto::peer_snapshot_ptr;
using proto::peer_view;

/// Hears what roles put into the node's digest. Called on the shard's thread, never from inside a
/// call on the plugin_manager. Two instances of one role have the same keys: the instance tells
/// them apart.
class contribution_sink {
public:
    virtual ~contribution_sink() = default;

    virtual void on_contribution(
        std::string_view instance,
        std::string_view role,
        const peers::proto::contribution& value
    ) = 0;
    virtual void on_cleared(
        std::string_view instance,
        std::string_view role,
        std::string_view key
    ) = 0;
};

}  // namespace meshhost::plugin
