// SPDX-License-Identifier: Apache-2.0
#include "telemetry/prometheus.hpp"

#include "base/bytes.hpp"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <chrono>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

namespace meshhost::telemetry {

namespace {

/// UCUM → the words that Prometheus uses.
std::string_view unit_word(std::string_view unit, metric_kind kind) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 7> words{
        {{"By", "bytes"},
         {"s", "seconds"},
         {"ms", "milliseconds"},
         {"us", "microseconds"},
         {"%", "percent"},
         {"Cel", "celsius"},
         {"Hz", "hertz"}}};
    for (const auto& [ucum, word] : words)
        if (ucum == unit) return word;
    return unit == "1" && kind == metric_kind::gauge ? "ratio" : "";
}

std::string name_of(std::string_view text, std::string_view allowed) {
    std::string name;
    for (const char c : text) {
        const bool fits =
            std::isalnum(static_cast<unsigned char>(c)) != 0 || allowed.find(c) != allowed.npos;
        name += fits ? c : '_';
    }
    const bool is_bad_start =
        name.empty() || std::isdigit(static_cast<unsigned char>(name.front())) != 0;
    return is_bad_start ? "_" + name : name;
}

/// In help, and with `quotes` in a label's value.
std::string escaped(std::string_view text, bool quotes) {
    std::string out;
    for (const char c : text) {
        if (c == '\\' || (quotes && c == '"')) out += '\\';
        if (c == '\n')
            out += "\\n";
        else
            out += c;
    }
    return out;
}

std::string number_text(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    return fmt::format("{}", value);
}

std::string value_text(const attribute_value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return escaped(*text, true);
    if (const auto* is = std::get_if<bool>(&value)) return *is ? "true" : "false";
    if (const auto* number = std::get_if<double>(&value)) return number_text(*number);
    if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    return std::to_string(std::get<std::uint64_t>(value));
}

std::string labels_text(
    const std::vector<attribute>& own,
    const std::vector<attribute>& also,
    const std::string& bound = {}
) {
    std::string inside;
    std::set<std::string> names;
    const auto add = [&](const std::string& name, const std::string& value) {
        if (!names.insert(name).second) return;  // a name twice is no sample; the first is ours
        inside += fmt::format("{}{}=\"{}\"", inside.empty() ? "" : ",", name, value);
    };
    if (!bound.empty()) add("le", bound);
    for (const auto* list : {&also, &own})
        for (const auto& each : *list)
            add(name_of(each.key, "_"), value_text(each.value));
    return inside.empty() ? "" : "{" + inside + "}";
}

/// OpenMetrics wants bounds to look like numbers with a fraction.
std::string bound_text(double bound, text_format format) {
    auto text = number_text(bound);
    const bool is_whole = text.find_first_not_of("-0123456789") == std::string::npos;
    return format == text_format::openmetrics && is_whole ? text + ".0" : text;
}

/// " # {trace_id="..."} 3 1700000000.25", for the range above `below` up to `bound`; else empty.
std::string exemplar_text(const metric_point& point, double below, double bound) {
    for (const auto& each : point.exemplars) {
        if (each.value <= below || each.value > bound) continue;
        return fmt::format(
            " # {{trace_id=\"{}\",span_id=\"{}\"}} {} {:.3f}",
            to_hex(each.trace),
            to_hex(each.span),
            number_text(each.value),
            std::chrono::duration<double>(each.at).count()
        );
    }
    return {};
}

std::string histogram_lines(
    const std::string& name,
    const metric& of,
    const metric_point& point,
    const std::vector<attribute>& also,
    text_format format
) {
    constexpr auto infinite = std::numeric_limits<double>::infinity();
    std::string lines;
    std::uint64_t below = 0;
    double lower = -infinite;
    for (std::size_t i = 0; i < point.buckets.size(); ++i) {
        below += point.buckets[i];
        const double upper = i < of.bounds.size() ? of.bounds[i] : infinite;
        lines += fmt::format(
            "{}_bucket{} {}{}\n",
            name,
            labels_text(point.attributes, also, bound_text(upper, format)),
            below,
            format == text_format::openmetrics ? exemplar_text(point, lower, upper) : ""
        );
        lower = upper;
    }
    const auto labels = labels_text(point.attributes, also);
    lines += fmt::format("{}_sum{} {}\n", name, labels, number_text(point.value));
    lines += fmt::format("{}_count{} {}\n", name, labels, point.count);
    return lines;
}

const char* type_text(metric_kind kind) {
    switch (kind) {
    case metric_kind::counter:
        return "counter";
    case metric_kind::histogram:
        return "histogram";
    case metric_kind::updown:
    case metric_kind::gauge:
        return "gauge";
    }
    return "untyped";
}

}  // namespace

std::string prometheus_text::family_name(
    std::string_view name,
    std::string_view unit,
    metric_kind kind
) {
    std::string family = name_of(name, "_:");
    const auto word = unit_word(unit, kind);
    if (!word.empty() && !family.ends_with(word)) family += "_" + std::string(word);
    if (kind == metric_kind::counter && !family.ends_with("_total")) family += "_total";
    return family;
}

void prometheus_text::add(const std::vector<metric>& metrics, const std::vector<attribute>& also) {
    for (const auto& each : metrics) {
        const auto name = family_name(each.name, each.unit, each.kind);
        auto& to = families_[name];
        if (to.type.empty()) {
            to.type = type_text(each.kind);
            to.help = escaped(each.description, false);
        }
        if (to.type != type_text(each.kind)) continue;  // a family has one type: the first wins
        for (const auto& point : each.points) {
            auto labels = point;
            if (point.is_overflow) labels.attributes.push_back({"otel.metric.overflow", true});
            if (each.kind == metric_kind::histogram)
                to.lines += histogram_lines(name, each, labels, also, format_);
            else
                to.lines += fmt::format(
                    "{}{} {}\n",
                    name,
                    labels_text(labels.attributes, also),
                    number_text(point.value)
                );
        }
    }
}

std::string prometheus_text::text() const {
    constexpr std::string_view total = "_total";
    const bool is_open = format_ == text_format::openmetrics;
    std::string all;
    for (const auto& [name, of] : families_) {
        if (of.lines.empty()) continue;
        // There a counter's family has the name without the ending that its samples have.
        const bool is_cut = is_open && of.type == "counter" && name.ends_with(total);
        const auto shown = is_cut ? name.substr(0, name.size() - total.size()) : name;
        if (!of.help.empty()) all += fmt::format("# HELP {} {}\n", shown, of.help);
        all += fmt::format("# TYPE {} {}\n{}", shown, of.type, of.lines);
    }
    if (is_open) all += "# EOF\n";
    return all;
}

}  // namespace meshhost::telemetry
