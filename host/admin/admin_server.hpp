// SPDX-License-Identifier: Apache-2.0
#pragma once
// The local API: what meshctl and a dashboard ask a running host, as JSON over HTTP on a unix
// socket that only its owner can open. GET never changes anything.
#include "admin/event_feed.hpp"
#include "admin/host_view.hpp"
#include "admin/mesh_answers.hpp"
#include "admin/meter_feed.hpp"
#include "admin/node_route.hpp"
#include "admin/router.hpp"
#include "admin/via_route.hpp"
#include "http/http_server.hpp"

namespace meshhost::admin {

/// What it answers from. All of it outlives the server.
struct admin_parts {
    const host_view& view;
    host_actions& actions;
    telemetry::event_source& journal;
    introspect::asker& asker;  ///< of other hosts
};

/// Serves from its making until close(). One thread: the shard's.
class admin_server {
public:
    admin_server(
        net::shard& shard,
        std::unique_ptr<http::listener> listener,
        const admin_parts& parts,
        logger log
    );

    /// Idempotent; removes the socket.
    void close() { server_.close(); }
    std::size_t connections() const { return server_.connections(); }

    /// All paths.
    http::request_handler& local() noexcept { return local_; }
    /// Those that other hosts may ask: none that would make this host ask a third.
    http::request_handler& remote() noexcept { return remote_; }

private:
    void add_routes(router& to, const admin_parts& parts);
    void get_probe(const host_view& view, const answer_ptr& answer) const;

    event_feed events_;
    meter_feed meters_;
    mesh_answers mesh_meters_;
    mesh_answers mesh_boots_;
    mesh_answers mesh_traces_;
    node_route nodes_;
    router remote_;
    via_route via_;
    router local_;
    http::http_server server_;
};

}  // namespace meshhost::admin
