// SPDX-License-Identifier: Apache-2.0
#pragma once
// The list of all tables.
#include <mesh/testing/mesh_events.hpp>
#include <mesh/testing/tables_mesh.hpp>
#include <mesh/testing/tables_node.hpp>
#include <mesh/testing/tables_service.hpp>
#include <mesh/testing/tables_stream.hpp>

namespace mesh::testing {

/// All fifteen, in the order of their numbers.
inline const void* host_functions::find_table(std::string_view id) noexcept {
    using n = node_tables;
    using v = service_tables;
    using m = mesh_tables;
    using s = stream_tables;
    static constexpr mesh_log_v1 log{sizeof log, n::log_level, n::log_write};
    static constexpr mesh_config_v1
        config{sizeof config, n::config_get, n::config_count, n::config_key_at, n::config_as_text};
    static constexpr mesh_timer_v1 timer{sizeof timer, n::timer_start, n::timer_cancel};
    static constexpr mesh_peers_v1 peers{
        sizeof peers,
        m::peers_self,
        m::peers_next,
        m::peers_find,
        m::peers_watch,
        m::peers_unwatch};
    static constexpr mesh_digest_v1 digest{
        sizeof digest,
        n::digest_declare,
        n::digest_set,
        n::digest_clear,
        m::digest_get,
        m::digest_watch,
        m::digest_unwatch};
    static constexpr mesh_gossip_v1 gossip{
        sizeof gossip,
        m::gossip_limits,
        m::gossip_subscribe,
        m::gossip_unsubscribe,
        m::gossip_publish};
    static constexpr mesh_message_v1 message{
        sizeof message,
        m::message_serve,
        m::message_unserve,
        m::message_send,
        m::message_request,
        m::message_reply,
        m::message_cancel};
    static constexpr mesh_stream_v1 stream{
        sizeof stream,
        s::listen,
        s::unlisten,
        s::accept,
        s::reject,
        s::connect,
        s::close,
        s::open,
        s::read,
        s::write,
        s::reset,
        s::stop,
        s::set_tag};
    static constexpr mesh_metrics_v1 metrics{sizeof metrics, v::metrics_create, v::metrics_record};
    static constexpr mesh_trace_v1 trace{
        sizeof trace,
        v::trace_begin,
        v::trace_attrs,
        v::trace_event,
        v::trace_end,
        v::trace_context,
        v::trace_current};
    static constexpr mesh_state_v1 state{
        sizeof state,
        v::state_dir,
        v::state_get,
        v::state_put,
        v::state_del,
        v::state_next,
        v::state_commit};
    static constexpr mesh_worker_v1 worker{sizeof worker, v::worker_submit};
    static constexpr mesh_fd_v1 fd{sizeof fd, v::fd_watch, v::fd_modify, v::fd_unwatch};
    static constexpr mesh_health_v1 health{sizeof health, v::health_set};
    static constexpr mesh_identity_v1 identity{
        sizeof identity,
        v::identity_sign,
        v::identity_verify};
    static constexpr std::pair<std::string_view, const void*> tables[] = {
        {MESH_EXT_LOG, &log},
        {MESH_EXT_CONFIG, &config},
        {MESH_EXT_TIMER, &timer},
        {MESH_EXT_PEERS, &peers},
        {MESH_EXT_DIGEST, &digest},
        {MESH_EXT_GOSSIP, &gossip},
        {MESH_EXT_MESSAGE, &message},
        {MESH_EXT_STREAM, &stream},
        {MESH_EXT_METRICS, &metrics},
        {MESH_EXT_TRACE, &trace},
        {MESH_EXT_STATE, &state},
        {MESH_EXT_WORKER, &worker},
        {MESH_EXT_FD, &fd},
        {MESH_EXT_HEALTH, &health},
        {MESH_EXT_IDENTITY, &identity}};
    for (const auto& [name, table] : tables)
        if (name == id) return table;
    return nullptr;
}

}  // namespace mesh::testing
