// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/told_span.hpp"

#include "observe/proto/fields.hpp"

#include <boost/json/array.hpp>

#include <cmath>
#include <utility>

namespace meshhost::observe::proto {

namespace json = boost::json;

namespace {

constexpr double whole_max = 9007199254740991.0;  ///< that JavaScript's numbers tell apart
constexpr std::size_t words_max = 512;            ///< bytes of a name or a message

double time_at(const json::object& of, const char* key) {
    const auto* found = of.if_contains(key);
    if (found == nullptr || !found->is_number()) return 0;
    const auto us = found->to_number<double>();
    return us > 0 && us <= whole_max ? us : 0;
}

json::object attributes_of(const json::object& of) {
    const auto* all = object_at(of, "attributes");
    return all == nullptr ? json::object() : *all;
}

template <class Visit>
void for_each_object(const json::object& of, const char* key, const Visit& visit) {
    const auto* all = of.if_contains(key);
    if (all == nullptr || !all->is_array()) return;
    for (const auto& each : all->get_array())
        if (const auto* found = each.if_object()) visit(*found);
}

told_span read(const json::object& from) {
    told_span out;
    out.trace = text_at(from, "trace");
    out.span = text_at(from, "span");
    out.parent = text_at(from, "parent");
    out.name = text_at(from, "name", words_max);
    out.kind = text_at(from, "kind");
    out.start = time_at(from, "started_unix_us");
    out.length = time_at(from, "length_us");
    const auto* ok = from.if_contains("ok");
    out.is_ok = ok != nullptr && ok->is_bool() && ok->get_bool();
    out.message = text_at(from, "message", words_max);
    out.attributes = attributes_of(from);
    out.dropped = number_at(from, "dropped").value_or(0);
    for_each_object(from, "events", [&](const json::object& event) {
        const auto* name = event.if_contains("name");
        const auto* at = event.if_contains("unix_us");
        if (name == nullptr || !name->is_string() || at == nullptr || !at->is_number()) return;
        out.events.push_back(
            {text_at(event, "name", words_max), time_at(event, "unix_us"), attributes_of(event)}
        );
    });
    return out;
}

}  // namespace

std::vector<told_span> spans_of(const json::object& boot) {
    std::vector<told_span> all;
    for (const char* part : {"spans", "join"})
        for_each_object(boot, part, [&](const json::object& span) { all.push_back(read(span)); });
    return all;
}

json::object resource_of(const span_source& by) {
    json::object all{{"service.name", "meshhost"}, {"service.namespace", by.mesh}};
    if (!by.version.empty()) all["service.version"] = by.version;
    all["mesh.node.id"] = by.node;
    all["mesh.node.name"] = by.name;
    if (!by.tier.empty()) all["mesh.tier"] = by.tier;
    return all;
}

std::optional<std::int64_t> whole_number(const json::value& of) {
    if (!of.is_number()) return std::nullopt;
    const auto number = of.to_number<double>();
    const bool is_whole = std::abs(number) <= whole_max && std::floor(number) == number;
    if (!is_whole) return std::nullopt;
    return static_cast<std::int64_t>(number);
}

}  // namespace meshhost::observe::proto
