// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which extension id belongs to which host table.
#include <mesh/plugin.h>

namespace mesh {

template <class Table>
struct table_id;

#define MESH_TABLE(table, id)                                                                      \
    template <>                                                                                    \
    struct table_id<table> {                                                                       \
        static constexpr const char* value = id;                                                   \
    };
MESH_TABLE(mesh_log_v1, MESH_EXT_LOG)
MESH_TABLE(mesh_config_v1, MESH_EXT_CONFIG)
MESH_TABLE(mesh_timer_v1, MESH_EXT_TIMER)
MESH_TABLE(mesh_peers_v1, MESH_EXT_PEERS)
MESH_TABLE(mesh_digest_v1, MESH_EXT_DIGEST)
MESH_TABLE(mesh_gossip_v1, MESH_EXT_GOSSIP)
MESH_TABLE(mesh_message_v1, MESH_EXT_MESSAGE)
MESH_TABLE(mesh_stream_v1, MESH_EXT_STREAM)
MESH_TABLE(mesh_metrics_v1, MESH_EXT_METRICS)
MESH_TABLE(mesh_trace_v1, MESH_EXT_TRACE)
MESH_TABLE(mesh_state_v1, MESH_EXT_STATE)
MESH_TABLE(mesh_worker_v1, MESH_EXT_WORKER)
MESH_TABLE(mesh_fd_v1, MESH_EXT_FD)
MESH_TABLE(mesh_health_v1, MESH_EXT_HEALTH)
MESH_TABLE(mesh_identity_v1, MESH_EXT_IDENTITY)
#undef MESH_TABLE

}  // namespace mesh
