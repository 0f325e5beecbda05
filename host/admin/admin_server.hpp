// SPDX-License-Identifier: Apache-2.0
#pragma once
// The local API: what meshctl and a dashboard ask a running host, as JSON over HTTP on a unix
// socket that only its owner can open. GET never changes anything.
#include "admin/host_view.hpp"
#include "http/http_server.hpp"

#include <memory>

namespace meshhost::admin {

/// Serves from its making until close(). `view` and `actions` outlive it. One thread: the shard's.
class admin_server final : public http::request_handler {
public:
    admin_server(
        net::shard& shard,
        http::unix_listener listener,
        const host_view& view,
        host_actions& actions,
        logger log
    );

    /// Idempotent; removes the socket.
    void close() { server_.close(); }
    std::size_t connections() const { return server_.connections(); }

    void on_request(const http::request& asked, std::shared_ptr<http::exchange> answer) override;
    http::response describe_fault(unsigned status, std::string_view reason) override;

private:
    using answer_ptr = std::shared_ptr<http::exchange>;

    struct route {
        std::string_view method;
        std::string_view path;
        void (admin_server::*handle)(const http::request&, const answer_ptr&);
    };
    static const std::vector<route>& routes();

    void get_status(const http::request&, const answer_ptr&);
    void get_peers(const http::request&, const answer_ptr&);
    void get_identity(const http::request&, const answer_ptr&);
    void get_plugins(const http::request&, const answer_ptr&);
    void get_probe(const http::request&, const answer_ptr&);
    void get_config(const http::request&, const answer_ptr&);
    void post_ping(const http::request&, const answer_ptr&);
    void post_rebind(const http::request&, const answer_ptr&);

    const host_view& view_;
    host_actions& actions_;
    http::http_server server_;
};

/// The answer to a request that failed: the error envelope, with the status that fits its exit.
http::response error_response(const failure& error);

}  // namespace meshhost::admin
