// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/span_export.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <map>
#include <string_view>
#include <utility>

namespace meshhost::observe::proto {

namespace json = boost::json;

namespace {

constexpr int status_ok = 1;
constexpr int status_error = 2;

/// 0 is unspecified.
int kind_of(std::string_view word) {
    constexpr std::string_view kinds[] =
        {"", "internal", "server", "client", "producer", "consumer"};
    const auto* const found = std::find(std::begin(kinds), std::end(kinds), word);
    return found == std::end(kinds) ? 0 : static_cast<int>(found - std::begin(kinds));
}

std::string nanoseconds(double us) {
    constexpr std::uint64_t ns_per_us = 1000;
    const double whole = std::floor(us);
    const auto rest = std::llround((us - whole) * static_cast<double>(ns_per_us));
    return std::to_string(
        static_cast<std::uint64_t>(whole) * ns_per_us + static_cast<std::uint64_t>(rest)
    );
}

json::object otlp_value(const json::value& of) {
    if (of.is_bool()) return {{"boolValue", of}};
    if (of.is_string()) return {{"stringValue", of}};
    if (!of.is_number()) return {{"stringValue", json::serialize(of)}};
    if (const auto whole = whole_number(of)) return {{"intValue", std::to_string(*whole)}};
    return {{"doubleValue", of.to_number<double>()}};
}

json::array otlp_attributes(const json::object& all) {
    json::array list;
    for (const auto& [key, value] : all)
        list.push_back(json::object{{"key", key}, {"value", otlp_value(value)}});
    return list;
}

json::object otlp_span(const told_span& span) {
    json::array events;
    for (const auto& each : span.events)
        events.push_back(json::object{
            {"timeUnixNano", nanoseconds(each.at)},
            {"name", each.name},
            {"attributes", otlp_attributes(each.attributes)}});
    json::object status{{"code", span.is_ok ? status_ok : status_error}};
    if (!span.message.empty()) status["message"] = span.message;
    json::object out{
        {"traceId", span.trace},
        {"spanId", span.span},
        {"name", span.name},
        {"kind", kind_of(span.kind)},
        {"startTimeUnixNano", nanoseconds(span.start)},
        {"endTimeUnixNano", nanoseconds(span.start + span.length)},
        {"attributes", otlp_attributes(span.attributes)},
        {"events", std::move(events)},
        {"status", std::move(status)}};
    if (!span.parent.empty()) out["parentSpanId"] = span.parent;
    if (span.dropped > 0) out["droppedAttributesCount"] = span.dropped;
    return out;
}

json::array jaeger_tags(const json::object& all) {
    json::array list;
    const auto add = [&](const json::string_view key, const char* type, json::value value) {
        list.push_back(json::object{{"key", key}, {"type", type}, {"value", std::move(value)}});
    };
    for (const auto& [key, value] : all) {
        const auto whole = whole_number(value);
        if (value.is_bool())
            add(key, "bool", value);
        else if (whole)
            add(key, "int64", *whole);
        else if (value.is_number())
            add(key, "float64", value);
        else
            add(key, "string", value.is_string() ? value : json::value(json::serialize(value)));
    }
    return list;
}

void add_all(json::object& to, const json::object& from) {
    for (const auto& [key, value] : from)
        to[key] = value;
}

json::object jaeger_span(const told_span& span) {
    json::array references;
    if (!span.parent.empty())
        references.push_back(
            json::object{{"refType", "CHILD_OF"}, {"traceID", span.trace}, {"spanID", span.parent}}
        );
    json::object tags{{"span.kind", span.kind}};
    add_all(tags, span.attributes);
    if (!span.is_ok) add_all(tags, {{"error", true}, {"otel.status_code", "ERROR"}});
    if (!span.message.empty()) tags["otel.status_description"] = span.message;
    json::array logs;
    for (const auto& each : span.events) {
        json::object fields{{"event", each.name}};
        add_all(fields, each.attributes);
        logs.push_back(
            json::object{{"timestamp", std::llround(each.at)}, {"fields", jaeger_tags(fields)}}
        );
    }
    return {
        {"traceID", span.trace},
        {"spanID", span.span},
        {"operationName", span.name},
        {"references", std::move(references)},
        {"startTime", std::llround(span.start)},
        {"duration", std::llround(span.length)},
        {"tags", jaeger_tags(tags)},
        {"logs", std::move(logs)},
        {"processID", "p1"},
        {"warnings", nullptr}};
}

}  // namespace

json::object otlp_of_boot(const span_source& by, const json::object& boot) {
    json::array spans;
    for (const auto& each : spans_of(boot))
        spans.push_back(otlp_span(each));
    json::object scope{{"scope", {{"name", "meshhost"}}}, {"spans", std::move(spans)}};
    json::object all{
        {"resource", {{"attributes", otlp_attributes(resource_of(by))}}},
        {"scopeSpans", json::array{std::move(scope)}}};
    return {{"resourceSpans", json::array{std::move(all)}}};
}

json::object jaeger_of_boot(const span_source& by, const json::object& boot) {
    constexpr const char* service = "service.name";
    const auto who = resource_of(by);
    json::object others;
    for (const auto& [key, value] : who)
        if (key != service) others[key] = value;
    const json::object processes{
        {"p1", {{"serviceName", who.at(service)}, {"tags", jaeger_tags(others)}}}};
    json::array traces;
    std::map<std::string, std::size_t> places;
    for (const auto& each : spans_of(boot)) {
        const auto [place, is_new] = places.emplace(each.trace, traces.size());
        if (is_new)
            traces.push_back(json::object{
                {"traceID", each.trace},
                {"spans", json::array()},
                {"processes", processes},
                {"warnings", nullptr}});
        traces[place->second].at("spans").as_array().push_back(jaeger_span(each));
    }
    return {
        {"data", std::move(traces)},
        {"total", 0},
        {"limit", 0},
        {"offset", 0},
        {"errors", nullptr}};
}

}  // namespace meshhost::observe::proto
