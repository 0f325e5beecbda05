// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a supervisor and a scraper ask, on a port of its own: nothing else is there.
//   GET /livez    200 while the host's loop turns
//   GET /readyz   200 once it is ready, and not while it drains; else 503 and why
//   GET /metrics  the text of Prometheus, or of OpenMetrics, the roles' own metrics too
#include "admin/host_view.hpp"
#include "admin/replies.hpp"
#include "http/http_server.hpp"
#include "http/tcp_listener.hpp"
#include "telemetry/cost_meter.hpp"

#include <string>

namespace meshhost::admin {

/// Serves from its making until close(). One thread: the shard's, which outlives it as the others
/// do.
class health_server final : private http::request_handler {
public:
    health_server(
        net::shard& shard,
        http::tcp_listener listener,
        const host_view& view,
        host_actions& actions,
        telemetry::cost_meter& costs,
        logger log
    );

    /// Idempotent.
    void close() { server_.close(); }
    const std::string& bound() const noexcept { return bound_; }
    std::size_t connections() const { return server_.connections(); }

private:
    void on_request(const http::request& asked, std::shared_ptr<http::exchange> answer) override;
    http::response describe_fault(unsigned status, std::string_view reason) override;
    http::response readiness() const;
    void scrape(const http::request& asked, const answer_ptr& answer);

    const host_view& view_;
    host_actions& actions_;
    telemetry::cost_meter& costs_;
    std::string bound_;
    http::http_server server_;
};

}  // namespace meshhost::admin
