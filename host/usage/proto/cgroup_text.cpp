// SPDX-License-Identifier: Apache-2.0
#include "usage/proto/cgroup_text.hpp"

#include "usage/proto/number_text.hpp"

#include <limits>

namespace meshhost::usage::proto {

namespace {

/// Whether a part of the path is "..".
bool leads_out(std::string_view path) {
    while (!path.empty()) {
        path.remove_prefix(1);  // the slash
        const auto part = path.substr(0, path.find('/'));
        if (part == "..") return true;
        path.remove_prefix(part.size());
    }
    return false;
}

}  // namespace

std::optional<std::string> parse_cgroup_path(std::string_view text) {
    constexpr std::string_view version2 = "0::";
    while (!text.empty()) {
        auto line = take_line(text);
        if (!line.starts_with(version2)) continue;
        line.remove_prefix(version2.size());
        if (!line.starts_with('/') || leads_out(line)) return std::nullopt;
        return std::string(line);
    }
    return std::nullopt;
}

std::optional<std::uint32_t> parse_cpu_max(std::string_view text) {
    const auto quota = parse_number(take_word(text));
    const auto period = parse_number(take_word(text));
    if (!quota || !period || *period == 0) return std::nullopt;
    constexpr std::uint64_t millis = 1000;
    constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
    if (*quota > std::numeric_limits<std::uint64_t>::max() / millis) return std::nullopt;
    const std::uint64_t millicores = *quota * millis / *period;
    if (millicores > most) return std::nullopt;
    return static_cast<std::uint32_t>(std::max<std::uint64_t>(millicores, 1));
}

std::optional<std::uint64_t> parse_memory(std::string_view text) {
    return parse_number(take_word(text));
}

std::optional<cpu_stat> parse_cpu_stat(std::string_view text) {
    cpu_stat out;
    bool has_usage = false;
    while (!text.empty()) {
        auto line = take_line(text);
        const auto name = take_word(line);
        const auto value = parse_number(take_word(line));
        if (!value) continue;
        if (name == "usage_usec") {
            out.usage_us = *value;
            has_usage = true;
        } else if (name == "nr_throttled") {
            out.throttled = *value;
        } else if (name == "throttled_usec") {
            out.throttled_us = *value;
        }
    }
    if (!has_usage) return std::nullopt;
    return out;
}

}  // namespace meshhost::usage::proto
