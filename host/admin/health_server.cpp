// SPDX-License-Identifier: Apache-2.0
#include "admin/health_server.hpp"

#include "admin/host_metrics.hpp"
#include "telemetry/prometheus.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace meshhost::admin {

namespace {

constexpr const char* text_type = "text/plain; charset=utf-8";
constexpr const char* metrics_type = "text/plain; version=0.0.4; charset=utf-8";

http::response plain(unsigned status, std::string words) {
    return {status, text_type, std::move(words) + "\n"};
}

/// What one scrape waits for: the answers of all roles.
struct gathering {
    telemetry::prometheus_text text;
    answer_ptr answer;
    std::size_t missing = 1;  ///< the host's own count until all are asked

    void one_less() {
        if (--missing == 0) answer->reply({200, metrics_type, text.text()});
    }
};

/// A role's own, less what takes the names of the host's.
std::vector<telemetry::metric> of_roles(std::vector<telemetry::metric> said) {
    constexpr std::array<std::string_view, 3> ours{"mesh", "process", "otel"};
    std::erase_if(said, [&](const telemetry::metric& each) {
        return std::any_of(ours.begin(), ours.end(), [&](std::string_view prefix) {
            const bool begins = each.name.starts_with(prefix);
            return begins && each.name.size() > prefix.size()
                   && std::isalnum(static_cast<unsigned char>(each.name[prefix.size()])) == 0;
        });
    });
    return said;
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
    logger log
)
    : view_(view)
    , actions_(actions)
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
    if (asked.path == "/metrics") return scrape(answer);
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

void health_server::scrape(const answer_ptr& answer) {
    const auto all = std::make_shared<gathering>();
    all->answer = answer;
    all->text.add(host_metrics(view_));
    for (const auto& plugin : view_.plugins()) {
        ++all->missing;
        const auto take =
            [all, name = plugin.instance](const telemetry::metrics_snapshot& said, bool is_fresh) {
                // What is known of one that does not answer is old: it is left out.
                if (is_fresh) all->text.add(of_roles(said.metrics), {{"plugin", name}});
                all->one_less();
            };
        if (!actions_.ask_metrics(plugin.instance, take)) all->one_less();
    }
    all->one_less();
}

}  // namespace meshhost::admin
