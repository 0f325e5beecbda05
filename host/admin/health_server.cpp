// SPDX-License-Identifier: Apache-2.0
#include "admin/health_server.hpp"

#include "admin/metrics_gathering.hpp"
#include "http/stated.hpp"
#include "net/cpu_clock.hpp"
#include "telemetry/prometheus.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::admin {

namespace {

constexpr const char* text_type = "text/plain; charset=utf-8";
constexpr const char* metrics_type = "text/plain; version=0.0.4; charset=utf-8";
constexpr const char* open_metrics_type =
    "application/openmetrics-text; version=1.0.0; charset=utf-8";
constexpr std::string_view open_metrics_name = "application/openmetrics-text";

http::response plain(unsigned status, std::string words) {
    return {status, text_type, std::move(words) + "\n"};
}

/// As a scraper asks for it (RFC 9110 §12.5.1): who names it reads it, whatever it likes better.
telemetry::text_format format_for(const http::request& asked) {
    const auto accepted = http::all_stated(asked, "accept");
    const bool reads_open = std::any_of(accepted.begin(), accepted.end(), [](const auto& each) {
        return each.name == open_metrics_name && each.weight > 0;
    });
    return reads_open ? telemetry::text_format::openmetrics : telemetry::text_format::prometheus;
}

http::response as_text(const std::vector<sourced_metrics>& all, telemetry::text_format format) {
    telemetry::prometheus_text text(format);
    for (const auto& each : all) {
        std::vector<telemetry::attribute> whose;
        if (!each.instance.empty()) whose.push_back({"plugin", each.instance});
        text.add(each.said.metrics, whose);
    }
    const bool is_open = format == telemetry::text_format::openmetrics;
    return {200, is_open ? open_metrics_type : metrics_type, text.text()};
}

http::http_limits health_limits() {
    http::http_limits limits;
    limits.connections_max = 64;
    limits.replaces_idle = true;  // a crowd that says nothing must not make a well host look ill
    limits.body_bytes_max = 0;
    return limits;
}

}  // namespace

health_server::health_server(
    net::shard& shard,
    http::tcp_listener listener,
    const host_view& view,
    host_actions& actions,
    telemetry::cost_meter& costs,
    logger log
)
    : view_(view)
    , actions_(actions)
    , costs_(costs)
    , bound_(listener.bound().to_string())
    , server_(
          shard,
          std::make_unique<http::tcp_listener>(std::move(listener)),
          *this,
          health_limits(),
          std::move(log)
      ) {}

void health_server::on_request(const http::request& asked, std::shared_ptr<http::exchange> answer) {
    if (asked.method != "GET" && asked.method != "HEAD")
        return answer->reply(plain(405, "only GET"));
    if (asked.path == "/livez") return answer->reply(plain(200, "ok"));
    if (asked.path == "/readyz") return answer->reply(readiness());
    if (asked.path == "/metrics") return scrape(asked, answer);
    answer->reply(plain(404, "there are /livez, /readyz and /metrics"));
}

http::response health_server::describe_fault(unsigned status, std::string_view reason) {
    return plain(status, std::string(reason));
}

http::response health_server::readiness() const {
    const auto node = view_.node();
    if (!node.ready_after) return plain(503, "starting");
    if (node.state == "draining" || node.state == "left") return plain(503, node.state);
    return plain(200, "ready");
}

void health_server::scrape(const http::request& asked, const answer_ptr& answer) {
    gather_metrics(
        view_,
        actions_,
        costs_,
        [answer,
         format = format_for(asked),
         &costs = costs_](const std::vector<sourced_metrics>& all) {
            const duration before = net::thread_cpu_time();
            answer->reply(as_text(all, format));
            costs.spent(net::thread_cpu_time() - before);
        }
    );
}

}  // namespace meshhost::admin
