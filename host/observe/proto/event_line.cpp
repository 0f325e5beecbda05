// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/event_line.hpp"

#include "base/cut.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <array>

namespace meshhost::observe::proto {

namespace json = boost::json;

namespace {

using text_field = std::pair<const char*, std::string telemetry::event::*>;

constexpr std::array<text_field, 5> text_fields{
    {{"peer", &telemetry::event::peer},
     {"name", &telemetry::event::name},
     {"from", &telemetry::event::from},
     {"to", &telemetry::event::to},
     {"reason", &telemetry::event::reason}}};

std::optional<telemetry::event_type> type_of(std::string_view word) {
    for (unsigned i = 0; i <= static_cast<unsigned>(telemetry::event_type::lab_fault); ++i)
        if (const auto type = static_cast<telemetry::event_type>(i); to_string(type) == word)
            return type;
    return std::nullopt;
}

std::string_view text_in(const json::object& from, const char* key) {
    const auto* found = from.if_contains(key);
    if (found == nullptr || !found->is_string()) return {};
    return {found->get_string().data(), found->get_string().size()};
}

}  // namespace

std::string line_of(const telemetry::event& event) {
    json::object out{
        {"seq", event.sequence},
        {"unix_ms", event.at.count()},
        {"type", to_string(event.type)}};
    for (const auto& [key, member] : text_fields)
        if (!(event.*member).empty()) out[key] = event.*member;
    return json::serialize(out) + "\n";
}

std::optional<telemetry::event> event_of(std::string_view line, std::size_t text_max) {
    json::error_code not_json;
    const auto read = json::parse({line.data(), line.size()}, not_json);
    if (not_json || !read.is_object()) return std::nullopt;
    const auto& from = read.get_object();
    const auto type = type_of(text_in(from, "type"));
    const auto* sequence = from.if_contains("seq");
    const auto* at = from.if_contains("unix_ms");
    if (!type || sequence == nullptr || at == nullptr) return std::nullopt;
    json::error_code no_number;
    telemetry::event out;
    out.type = *type;
    out.sequence = sequence->to_number<std::uint64_t>(no_number);
    if (no_number || out.sequence == 0) return std::nullopt;
    out.at = std::chrono::milliseconds(at->to_number<std::int64_t>(no_number));
    if (no_number) return std::nullopt;
    for (const auto& [key, member] : text_fields)
        out.*member = cut(text_in(from, key), text_max);
    return out;
}

}  // namespace meshhost::observe::proto
