// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/otlp_json.hpp"

#include "observe/proto/fields.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

namespace meshhost::observe::proto {

namespace json = boost::json;

namespace {

constexpr double whole_max = 9007199254740991.0;  ///< that JavaScript's numbers tell apart
constexpr std::size_t words_max = 512;            ///< bytes of a name or a message

constexpr int status_ok = 1;
constexpr int status_error = 2;

/// 0 is unspecified.
int kind_of(std::string_view word) {
    constexpr std::string_view kinds[] =
        {"", "internal", "server", "client", "producer", "consumer"};
    const auto* const found = std::find(std::begin(kinds), std::end(kinds), word);
    return found == std::end(kinds) ? 0 : static_cast<int>(found - std::begin(kinds));
}

/// Microseconds; 0 where there is no time.
double time_at(const json::object& of, const char* key) {
    const auto* found = of.if_contains(key);
    if (found == nullptr || !found->is_number()) return 0;
    const auto us = found->to_number<double>();
    return us > 0 && us <= whole_max ? us : 0;
}

std::string nanoseconds(double us) {
    constexpr std::uint64_t ns_per_us = 1000;
    const double whole = std::floor(us);
    const auto rest = std::llround((us - whole) * static_cast<double>(ns_per_us));
    return std::to_string(
        static_cast<std::uint64_t>(whole) * ns_per_us + static_cast<std::uint64_t>(rest)
    );
}

json::object value_json(const json::value& of) {
    if (of.is_bool()) return {{"boolValue", of}};
    if (of.is_string()) return {{"stringValue", of}};
    if (!of.is_number()) return {{"stringValue", json::serialize(of)}};
    const auto number = of.to_number<double>();
    const bool is_whole = std::abs(number) <= whole_max && std::floor(number) == number;
    if (!is_whole) return {{"doubleValue", number}};
    return {{"intValue", std::to_string(static_cast<std::int64_t>(number))}};
}

json::array attributes_json(const json::object* all) {
    json::array list;
    if (all == nullptr) return list;
    for (const auto& [key, value] : *all)
        list.push_back(json::object{{"key", key}, {"value", value_json(value)}});
    return list;
}

json::array events_json(const json::object& span) {
    json::array list;
    const auto* all = span.if_contains("events");
    if (all == nullptr || !all->is_array()) return list;
    for (const auto& each : all->get_array()) {
        const auto* event = each.if_object();
        if (event == nullptr) continue;
        const auto* name = event->if_contains("name");
        const auto* at = event->if_contains("unix_us");
        if (name == nullptr || !name->is_string() || at == nullptr || !at->is_number()) continue;
        list.push_back(json::object{
            {"timeUnixNano", nanoseconds(time_at(*event, "unix_us"))},
            {"name", *name},
            {"attributes", attributes_json(object_at(*event, "attributes"))}});
    }
    return list;
}

json::object span_json(const json::object& span) {
    const auto start = time_at(span, "started_unix_us");
    json::object out{
        {"traceId", text_at(span, "trace")},
        {"spanId", text_at(span, "span")},
        {"name", text_at(span, "name", words_max)},
        {"kind", kind_of(text_at(span, "kind"))},
        {"startTimeUnixNano", nanoseconds(start)},
        {"endTimeUnixNano", nanoseconds(start + time_at(span, "length_us"))},
        {"attributes", attributes_json(object_at(span, "attributes"))},
        {"events", events_json(span)}};
    if (auto parent = text_at(span, "parent"); !parent.empty())
        out["parentSpanId"] = std::move(parent);
    if (const auto dropped = number_at(span, "dropped"); dropped.value_or(0) > 0)
        out["droppedAttributesCount"] = *dropped;
    const auto* ok = span.if_contains("ok");
    const bool is_ok = ok != nullptr && ok->is_bool() && ok->get_bool();
    json::object status{{"code", is_ok ? status_ok : status_error}};
    if (auto message = text_at(span, "message", words_max); !message.empty())
        status["message"] = std::move(message);
    out["status"] = std::move(status);
    return out;
}

void add_spans(json::array& to, const json::object& boot, const char* key) {
    const auto* all = boot.if_contains(key);
    if (all == nullptr || !all->is_array()) return;
    for (const auto& each : all->get_array())
        if (const auto* span = each.if_object()) to.push_back(span_json(*span));
}

/// What a host says of itself to a collector, as far as it is known here.
json::object resource_json(const otlp_source& by) {
    json::object all{{"service.name", "meshhost"}, {"service.namespace", by.mesh}};
    if (!by.version.empty()) all["service.version"] = by.version;
    all["mesh.node.id"] = by.node;
    all["mesh.node.name"] = by.name;
    if (!by.tier.empty()) all["mesh.tier"] = by.tier;
    return all;
}

}  // namespace

json::object otlp_of_boot(const otlp_source& by, const json::object& boot) {
    json::array spans;
    add_spans(spans, boot, "spans");
    add_spans(spans, boot, "join");
    const auto who = resource_json(by);
    json::object scope{{"scope", {{"name", "meshhost"}}}, {"spans", std::move(spans)}};
    json::object all{
        {"resource", {{"attributes", attributes_json(&who)}}},
        {"scopeSpans", json::array{std::move(scope)}}};
    return {{"resourceSpans", json::array{std::move(all)}}};
}

}  // namespace meshhost::observe::proto
