// SPDX-License-Identifier: Apache-2.0
#include "otlp/read_json.hpp"

#include "otlp/span_draft.hpp"

#include <boost/json/parse.hpp>

#include <charconv>
#include <limits>
#include <optional>
#include <stdexcept>

namespace meshhost::otlp {

namespace {

namespace json = boost::json;

[[noreturn]] void refuse(const char* key, const char* wanted) {
    throw std::invalid_argument(std::string(key) + ": not " + wanted);
}

/// Protobuf's JSON has null for what is not there.
const json::value* find(const json::object& of, const char* key) {
    const auto* found = of.if_contains(key);
    return found == nullptr || found->is_null() ? nullptr : found;
}

/// Empty: there is none.
std::string_view text_at(const json::object& of, const char* key) {
    const auto* found = find(of, key);
    if (found == nullptr) return {};
    if (!found->is_string()) refuse(key, "a text");
    return {found->get_string().data(), found->get_string().size()};
}

/// 64-bit numbers are written as texts by some, as numbers by others.
template <class Number>
Number number_at(const json::object& of, const char* key) {
    const auto* found = find(of, key);
    if (found == nullptr) return 0;
    Number out = 0;
    if (found->is_number()) {
        json::error_code not_one;
        out = found->to_number<Number>(not_one);
        if (not_one) refuse(key, "a whole number");
        return out;
    }
    const auto text = text_at(of, key);
    const auto* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, out);
    if (read.ec != std::errc() || read.ptr != end) refuse(key, "a whole number");
    return out;
}

template <class Visit>
void for_each_in(const json::object& of, const char* key, const Visit& visit) {
    const auto* found = find(of, key);
    if (found == nullptr) return;
    if (!found->is_array()) refuse(key, "a list");
    for (const auto& each : found->get_array()) {
        if (!each.is_object()) refuse(key, "a list of objects");
        visit(each.get_object());
    }
}

const json::object& object_at(const json::object& of, const char* key) {
    static const json::object none;
    const auto* found = find(of, key);
    if (found == nullptr) return none;
    if (!found->is_object()) refuse(key, "an object");
    return found->get_object();
}

/// Empty: there is none. What is no hex has a length that no id has.
byte_buffer id_at(const json::object& of, const char* key) {
    constexpr std::size_t digits_max = 32;
    const auto text = text_at(of, key);
    auto bytes = text.size() <= digits_max ? from_hex(text) : std::nullopt;
    return bytes ? std::move(*bytes) : byte_buffer(1);
}

double double_in(const json::object& of, const json::value& value) {
    if (value.is_number()) return value.to_number<double>();
    const auto text = text_at(of, "doubleValue");
    using limits = std::numeric_limits<double>;
    if (text == "NaN") return limits::quiet_NaN();
    if (text == "Infinity") return limits::infinity();
    if (text == "-Infinity") return -limits::infinity();
    refuse("doubleValue", "a number");
}

/// nullopt: of a kind that nobody shows, or of none.
std::optional<telemetry::attribute_value> value_in(const json::object& of) {
    if (find(of, "stringValue") != nullptr) return std::string(text_at(of, "stringValue"));
    if (const auto* yes = find(of, "boolValue")) {
        if (!yes->is_bool()) refuse("boolValue", "true or false");
        return yes->get_bool();
    }
    if (find(of, "intValue") != nullptr) return number_at<std::int64_t>(of, "intValue");
    if (const auto* number = find(of, "doubleValue")) return double_in(of, *number);
    return std::nullopt;
}

void read_attributes(const json::object& of, attribute_draft& into) {
    for_each_in(of, "attributes", [&](const json::object& pair) {
        auto value = value_in(object_at(pair, "value"));
        value ? into.add(text_at(pair, "key"), std::move(*value)) : into.drop();
    });
}

span_draft read_span(const json::object& from) {
    span_draft into;
    into.set_trace(id_at(from, "traceId"));
    into.set_id(id_at(from, "spanId"));
    into.set_parent(id_at(from, "parentSpanId"));
    into.set_name(text_at(from, "name"));
    into.set_kind(number_at<std::int64_t>(from, "kind"));
    into.set_start(number_at<std::uint64_t>(from, "startTimeUnixNano"));
    into.set_end(number_at<std::uint64_t>(from, "endTimeUnixNano"));
    into.set_dropped(number_at<std::uint32_t>(from, "droppedAttributesCount"));
    const auto& status = object_at(from, "status");
    into.set_status(number_at<std::int64_t>(status, "code"), text_at(status, "message"));
    read_attributes(from, into.attributes);
    for_each_in(from, "events", [&](const json::object& event) {
        attribute_draft attributes(read_limits::event_attributes_max);
        read_attributes(event, attributes);
        const auto at = number_at<std::uint64_t>(event, "timeUnixNano");
        into.add_event(text_at(event, "name"), at, std::move(attributes));
    });
    for_each_in(from, "links", [&](const json::object& link) {
        into.add_link(id_at(link, "traceId"), id_at(link, "spanId"));
    });
    return into;
}

}  // namespace

told_request read_json(std::string_view request) {
    json::error_code unreadable;
    const auto whole = json::parse({request.data(), request.size()}, unreadable);
    if (unreadable) throw std::invalid_argument(unreadable.message());
    if (!whole.is_object()) throw std::invalid_argument("not an object");
    request_draft told;
    for_each_in(whole.get_object(), "resourceSpans", [&](const json::object& group) {
        attribute_draft by(read_limits::attributes_max);
        read_attributes(object_at(group, "resource"), by);
        told.begin(by.take());
        for_each_in(group, "scopeSpans", [&](const json::object& scope) {
            for_each_in(scope, "spans", [&](const json::object& span) {
                told.add(read_span(span));
            });
        });
    });
    return told.take();
}

}  // namespace meshhost::otlp
