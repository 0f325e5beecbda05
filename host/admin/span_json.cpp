// SPDX-License-Identifier: Apache-2.0
#include "admin/span_json.hpp"

#include "base/bytes.hpp"

#include <algorithm>

namespace meshhost::admin {

namespace json = boost::json;

namespace {

constexpr double ns_per_us = 1000;

double in_us(duration span) {
    return static_cast<double>(span.count()) / ns_per_us;
}

std::string hex_or_empty(bytes_view id) {
    const bool is_none = std::all_of(id.begin(), id.end(), [](auto byte) { return byte == 0; });
    return is_none ? "" : to_hex(id);
}

json::value hex_or_null(bytes_view id) {
    const auto text = hex_or_empty(id);
    return text.empty() ? json::value(nullptr) : json::value(text);
}

}  // namespace

std::int64_t unix_us(duration since_epoch) {
    return std::chrono::duration_cast<std::chrono::microseconds>(since_epoch).count();
}

json::object attributes_json(const std::vector<telemetry::attribute>& attributes) {
    json::object all;
    for (const auto& each : attributes)
        all[each.key] = std::visit([](const auto& held) { return json::value(held); }, each.value);
    return all;
}

json::object span_json(const telemetry::span& span) {
    json::array events;
    for (const auto& each : span.events)
        events.push_back(json::object{
            {"name", each.name},
            {"unix_us", unix_us(each.at)},
            {"attributes", attributes_json(each.attributes)}});
    json::array links;
    for (const auto& each : span.links)
        links.push_back(json::object{{"trace", to_hex(each.trace)}, {"span", to_hex(each.span)}});
    return {
        {"trace", to_hex(span.trace)},
        {"span", to_hex(span.id)},
        {"parent", hex_or_null(span.parent)},
        {"name", span.name},
        {"kind", telemetry::to_string(span.kind)},
        {"started_unix_us", unix_us(span.started)},
        {"length_us", in_us(span.length)},
        {"ok", span.is_ok},
        {"message", span.message.empty() ? json::value(nullptr) : json::value(span.message)},
        {"attributes", attributes_json(span.attributes)},
        {"events", std::move(events)},
        {"links", std::move(links)},
        {"dropped", span.dropped}};
}

json::object boot_json(const boot_snapshot& boot) {
    const telemetry::span& root = boot.spans.front();
    json::array spans;
    for (const auto& each : boot.spans)
        spans.push_back(span_json(each));
    json::array join;
    for (const auto& each : boot.join)
        join.push_back(span_json(each));
    return {
        {"id", to_hex(root.trace)},
        {"number", boot.number},
        {"version", boot.version},
        {"started_unix_us", unix_us(root.started)},
        {"length_us", in_us(root.length)},
        {"lead_us", in_us(boot.lead)},
        {"outcome", boot.outcome},
        {"error", root.message.empty() ? json::value(nullptr) : json::value(root.message)},
        {"spans", std::move(spans)},
        {"join", std::move(join)}};
}

}  // namespace meshhost::admin
