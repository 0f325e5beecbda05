// SPDX-License-Identifier: Apache-2.0
#include "admin/question_routes.hpp"

#include "admin/meters_json.hpp"
#include "admin/request_fields.hpp"
#include "admin/snapshot_json.hpp"
#include "admin/span_json.hpp"
#include "base/bytes.hpp"

#include <algorithm>

namespace meshhost::admin {

namespace {

constexpr std::size_t spans_usual = 128;  ///< of one host: some 50 KB

boost::json::object boots_json(const host_view& view, std::size_t limit) {
    auto boots = view.boots();
    if (boots.size() > limit) boots.resize(limit);
    return {{"boots", std::move(boots)}};
}

/// {"spans"}: the last `limit`, of all traces or of the one in the query.
boost::json::object traces_json(
    const host_view& view,
    const http::query_map& query,
    std::size_t limit
) {
    const auto only = text_at(query, "trace");
    const auto all = view.message_spans();
    boost::json::array spans;
    for (auto span = all.rbegin(); span != all.rend() && spans.size() < limit; ++span)
        if (only.empty() || to_hex(span->trace) == only) spans.push_back(span_json(*span));
    std::reverse(spans.begin(), spans.end());
    return {{"spans", std::move(spans)}};
}

boost::json::object flight_json(const flight_snapshot& flight) {
    boost::json::array spans;
    for (const auto& each : flight.entries) {
        auto span = span_json(each.span);
        span["scope"] = each.scope;
        span["fate"] = telemetry::to_string(each.fate);
        spans.push_back(std::move(span));
    }
    const auto& counts = flight.counts;
    return {
        {"held", flight.held},
        {"slots", flight.slots},
        {"recorded", counts.recorded},
        {"anomalies", counts.anomalies},
        {"suppressed", counts.suppressed},
        {"promotions", counts.promotions},
        {"promoted", counts.promoted},
        {"spans", std::move(spans)}};
}

}  // namespace

void add_question_routes(router& to, const host_view& view) {
    const auto add = [&to](std::string_view name, auto data) {
        to.add(
            "GET",
            "/v1/" + std::string(name),
            [name, data](const http::request&, const answer_ptr& answer) {
                reply(*answer, name, data());
            }
        );
    };
    add("status", [&view] { return status_json(view.node(), view.peers(), view.plugins()); });
    add("peers", [&view] { return peers_json(view.peers()); });
    add("identity", [&view] { return identity_json(view.node()); });
    add("plugins", [&view] { return plugins_json(view.plugins()); });
    add("config", [&view] { return view.config(); });
    add("reach", [&view] { return reach_json(view.reach()); });
    add("topology", [&view] { return topology_json(view.node(), view.peers()); });
    to.add("GET", "/v1/traces", [&view](const http::request& asked, const answer_ptr& answer) {
        constexpr std::int64_t spans_most = 512;
        std::int64_t limit = spans_usual;
        if (const auto fault = read_number(asked.query, "limit", 1, spans_most, limit))
            return refuse(*answer, *fault);
        const auto most = static_cast<std::size_t>(limit);
        reply(*answer, "traces", traces_json(view, asked.query, most));
    });
    to.add("GET", "/v1/flight", [&view](const http::request& asked, const answer_ptr& answer) {
        constexpr std::int64_t most = 65'536;
        constexpr std::int64_t usual = 200;
        std::int64_t limit = usual;
        if (const auto fault = read_number(asked.query, "limit", 1, most, limit))
            return refuse(*answer, *fault);
        reply(*answer, "flight", flight_json(view.flight(static_cast<std::size_t>(limit))));
    });
    to.add("GET", "/v1/boots", [&view](const http::request& asked, const answer_ptr& answer) {
        constexpr std::int64_t boots_max = 64;
        std::int64_t limit = boots_max;
        if (const auto fault = read_number(asked.query, "limit", 1, boots_max, limit))
            return refuse(*answer, *fault);
        reply(*answer, "boots", boots_json(view, static_cast<std::size_t>(limit)));
    });
}

mesh_question traces_question(const host_view& view) {
    return {
        .name = "traces",
        .path = "/v1/traces",
        .query = {},
        .own =
            [&view](const http::query_map& query) {
                auto own = traces_json(view, query, spans_usual);
                own["id"] = view.node().id;
                own["name"] = view.node().name;
                return own;
            },
        .answer_max = 96u << 10,
        .at_once = 2,  // they are large, and wait in the watcher's connection
        .forwarded = {"trace"}};
}

boost::json::object last_boot_json(const host_view& view) {
    auto found = boots_json(view, 1);
    const auto self = view.node();
    found["id"] = self.id;
    found["name"] = self.name;
    return found;
}

}  // namespace meshhost::admin
