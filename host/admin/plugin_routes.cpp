// SPDX-License-Identifier: Apache-2.0
#include "admin/plugin_routes.hpp"

#include "admin/span_json.hpp"

#include <algorithm>

namespace meshhost::admin {

namespace {

namespace json = boost::json;

constexpr std::string_view prefix = "/v1/plugins/";

json::object point_json(const telemetry::metric& of, const telemetry::metric_point& point) {
    json::object shown{
        {"attributes", attributes_json(point.attributes)},
        {"overflow", point.is_overflow},
        {"count", point.count}};
    if (of.kind != telemetry::metric_kind::histogram) {
        shown["value"] = point.value;
        return shown;
    }
    shown["sum"] = point.value;
    json::array buckets;
    for (const auto count : point.buckets)
        buckets.emplace_back(count);
    shown["buckets"] = std::move(buckets);
    return shown;
}

void get_metrics(host_actions& actions, const std::string& instance, const answer_ptr& answer) {
    const auto asked = actions.ask_metrics(
        instance,
        [answer, instance](const telemetry::metrics_snapshot& metrics, bool is_fresh) {
            reply(*answer, "plugin_metrics", metrics_json(instance, metrics, is_fresh));
        }
    );
    if (!asked) refuse(*answer, asked.error());
}

}  // namespace

json::object metrics_json(
    std::string_view instance,
    const telemetry::metrics_snapshot& metrics,
    bool is_fresh
) {
    json::array all;
    for (const auto& each : metrics.metrics) {
        json::array points;
        for (const auto& point : each.points)
            points.push_back(point_json(each, point));
        json::object shown{
            {"name", each.name},
            {"unit", each.unit},
            {"description", each.description},
            {"kind", telemetry::to_string(each.kind)},
            {"points", std::move(points)}};
        if (!each.bounds.empty())
            shown["bounds"] = json::array(each.bounds.begin(), each.bounds.end());
        all.push_back(std::move(shown));
    }
    return {
        {"instance", instance},
        {"fresh", is_fresh},
        {"started_unix_us", unix_us(metrics.started)},
        {"taken_unix_us", unix_us(metrics.taken)},
        {"rejected", metrics.rejected},
        {"metrics", std::move(all)}};
}

json::object spans_json(std::string_view instance, const std::vector<telemetry::span>& spans) {
    json::array all;
    for (const auto& each : spans)
        all.push_back(span_json(each));
    return {{"instance", instance}, {"spans", std::move(all)}};
}

void add_plugin_routes(router& to, const host_view& view, host_actions& actions) {
    to.add_below(std::string(prefix), [&](const http::request& asked, const answer_ptr& answer) {
        const std::string_view rest = std::string_view(asked.path).substr(prefix.size());
        const auto slash = std::min(rest.find('/'), rest.size());
        const std::string instance(rest.substr(0, slash));
        const auto what = rest.substr(slash);
        if (asked.method == "GET" && what == "/metrics")
            return get_metrics(actions, instance, answer);
        if (asked.method == "GET" && what == "/spans") {
            const auto spans = view.spans(instance);
            if (!spans) return refuse(*answer, spans.error());
            return reply(*answer, "plugin_spans", spans_json(instance, *spans));
        }
        answer->reply(error_response(
            {exit_code::usage,
             "E_NO_SUCH_PATH",
             "there is nothing at this path",
             "GET /v1/plugins/INSTANCE/metrics or /spans"}
        ));
    });
}

}  // namespace meshhost::admin
