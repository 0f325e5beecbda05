// SPDX-License-Identifier: Apache-2.0
#pragma once
// The dashboard and its API over HTTP: docs/dashboard-api.md.
#include "admin/replies.hpp"
#include "base/log.hpp"
#include "http/http_server.hpp"
#include "http/tcp_listener.hpp"
#include "introspect/asker.hpp"
#include "observe/door.hpp"
#include "observe/event_routes.hpp"
#include "observe/lab_actions.hpp"
#include "observe/model_routes.hpp"
#include "observe/observatory.hpp"
#include "observe/otlp_receiver.hpp"
#include "observe/path_routes.hpp"
#include "observe/question_table.hpp"
#include "observe/series_routes.hpp"
#include "observe/stream_hub.hpp"
#include "observe/survey_routes.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace meshhost::observe {

/// What lets browsers in that are not on this machine.
struct dashboard_access {
    std::shared_ptr<const net::tls_server_context> tls;  ///< null: plain HTTP
    std::string token;  ///< good as often as it is said; empty: there is none
};

struct dashboard_options {
    std::string mesh;                ///< its name
    std::string version;             ///< of this host
    std::vector<std::string> names;  ///< what browsers call it, as served_at has them
    std::shared_ptr<const net::tls_server_context> tls;  ///< null: plain HTTP
    door_options door;
    bool receives_otlp = false;                   ///< spans of others, at otlp_receiver::path
    std::unique_ptr<lab_actions> lab;             ///< null: nothing is broken here
    std::unique_ptr<proto::block_store> history;  ///< as the observatory's `blocks`
    std::function<outcome<std::string>(unsigned size)> publish_trace;  ///< as host_actions has it
    logger log;
};

/// Serves from its making until close(). One thread: the shard's, which outlives it as `parts` do.
class dashboard_server final : private http::request_handler {
public:
    /// Of this room: the hub's, the observatory's, that of events, and the surveys'.
    static constexpr std::size_t timers = 3 + survey_routes::timers;
    /// Of what it asks all hosts with.
    static constexpr std::size_t admin_timers = 1 + survey_routes::admin_timers;

    dashboard_server(
        const observatory_parts& parts,
        http::tcp_listener listener,
        dashboard_options options
    );
    ~dashboard_server();

    /// Idempotent.
    void close();

    /// A fresh one, that opens the dashboard once.
    std::string link();
    /// For who comes from now on; sessions and streams end when the token is another. TLS or none
    /// is settled when it is made.
    void replace(dashboard_access access);

    std::size_t connections() const { return server_.connections(); }

    /// For whoever runs it: what browsers will not like about its certificate.
    std::vector<std::string> warnings() const;

    /// What it holds and has counted.
    std::vector<std::pair<std::string, std::uint64_t>> counters() const;

private:
    void on_request(const http::request& asked, std::shared_ptr<http::exchange> answer) override;
    http::response describe_fault(unsigned status, std::string_view reason) override;
    http::websocket_offer on_upgrade(const http::request& asked) override;
    std::optional<http::body_terms> on_large_body(const http::request& asked) override;

    /// GET and POST.
    struct routes {
        question_table questions;
        question_table actions;
    };

    bool is_for_receiver(const http::request& asked) const;
    void add_questions();
    void add_actions();
    void answer_api(const http::request& asked, const admin::answer_ptr& answer);
    void refuse_stream(const admin::answer_ptr& answer) const;
    void get_telemetry(const admin::answer_ptr& answer) const;
    void publish_trace(const http::request& asked, const admin::answer_ptr& answer);
    void act(const http::request& asked, const admin::answer_ptr& answer);

    observatory_parts parts_;
    dashboard_options options_;
    std::string self_;
    door door_;
    stream_hub hub_;
    observatory observatory_;
    model_routes model_;
    series_routes series_;
    path_routes paths_;
    event_routes events_;
    std::optional<otlp_receiver> receiver_;  ///< nullopt: none
    survey_routes surveys_;
    routes open_;    ///< to whoever has no session
    routes inside_;  ///< to those who have
    http::http_server server_;
};

}  // namespace meshhost::observe
