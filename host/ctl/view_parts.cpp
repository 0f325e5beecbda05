// SPDX-License-Identifier: Apache-2.0
#include "ctl/view_parts.hpp"

#include "ctl/fields.hpp"
#include "ctl/terminal_text.hpp"
#include "ctl/words.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace meshhost::ctl {

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
    return fmt::format("{}", fmt::join(parts, between));
}

std::string name_of(const boost::json::object& node) {
    const auto name = text_in(node, "name");
    return name.empty() ? short_id(text_in(node, "id")) : name;
}

std::string contributions_text(const boost::json::array& contributions) {
    std::vector<std::string> parts;
    for (const auto& item : contributions) {
        if (!item.is_object()) continue;
        const auto& fields = item.get_object();
        const auto* value = fields.if_contains("value");
        if (value == nullptr) continue;
        parts.push_back(fmt::format(
            "{}.{} {}",
            text_in(fields, "role"),
            text_in(fields, "key"),
            value_text(*value, text_in(fields, "unit"))
        ));
    }
    return joined(parts, ", ");
}

std::string reach_text(const boost::json::object& peer) {
    return ms_in(peer, "uptime_ms") ? "by gossip" : "not connected";
}

std::string path_text(const boost::json::object& peer) {
    const auto& path = object_in(peer, "path");
    if (path.empty()) return reach_text(peer);
    const auto rtt = us_in(path, "rtt_us");
    if (!rtt) return text_in(path, "kind") + ", not measured yet";
    return fmt::format("{} {}", text_in(path, "kind"), rtt_text(*rtt));
}

std::string counts_text(const boost::json::object& counts) {
    std::vector<std::string> parts;
    for (const auto& [state, count] : counts) {
        const auto number = number_in(counts, state).value_or(0);
        if (state != "total" && number > 0)
            parts.push_back(fmt::format("{} {}", number, printable(state)));
    }
    return joined(parts, ", ");
}

boost::json::object count_by(const boost::json::array& items, std::string_view key) {
    boost::json::object counts;
    for (const auto& item : items) {
        if (!item.is_object()) continue;
        const auto value = text_in(item.get_object(), key);
        counts[value] = number_in(counts, value).value_or(0) + 1;
    }
    return counts;
}

tone tone_of_state(std::string_view state) {
    if (state == "alive" || state == "running") return tone::good;
    if (state == "dead" || state == "refused" || state == "failed") return tone::bad;
    if (state == "left" || state == "stopped") return tone::faint;
    return state.empty() ? tone::plain : tone::warning;
}

std::string budget_text(const boost::json::object& budget) {
    std::vector<std::string> parts;
    const auto cpu = number_in(budget, "cpu_millicores").value_or(0);
    if (cpu > 0) parts.push_back(fmt::format("{} m", cpu));
    const auto memory = number_in(budget, "memory_bytes").value_or(0);
    if (memory > 0) parts.push_back(bytes_text(static_cast<double>(memory)));
    if (parts.empty()) return "";
    const auto source = text_in(budget, "source");
    return joined(parts, ", ") + (source.empty() ? "" : " (" + source + ")");
}

std::string attributes_text(const boost::json::object& attributes) {
    std::string text;
    for (const auto& [key, value] : attributes) {
        const auto shown =
            value.is_string() ? std::string(value.get_string()) : boost::json::serialize(value);
        text += fmt::format("{}{}={}", text.empty() ? "" : " ", printable(key), printable(shown));
    }
    return text;
}

std::string took_text(const boost::json::object& span) {
    constexpr double ns_per_us = 1000;
    const auto* length = span.if_contains("length_us");
    if (length == nullptr || !length->is_number()) return "";
    return rtt_text(duration(static_cast<duration::rep>(length->to_number<double>() * ns_per_us)));
}

bool flag_in(const boost::json::object& from, std::string_view key) {
    const auto* value = from.if_contains(key);
    return value != nullptr && value->is_bool() && value->get_bool();
}

}  // namespace meshhost::ctl
