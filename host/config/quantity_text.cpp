// SPDX-License-Identifier: Apache-2.0
#include "config/quantity_text.hpp"

#include "config/duration_text.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace meshhost::config {
namespace {

constexpr std::uint64_t millicores_max = 1'000'000;
constexpr std::size_t decimals_max = 3;
constexpr std::uint64_t memory_max = std::uint64_t{1} << 50;
constexpr duration emit_min = 100ms;  ///< below, a host is busy with nothing else
constexpr duration emit_max = 1h;
constexpr std::string_view interval_prefix = "interval:";

/// Only digits, and at least one.
std::optional<std::uint64_t> whole_number(std::string_view text) {
    std::uint64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || rest != end) return std::nullopt;
    return number;
}

/// "25" behind the point is 250 thousandths.
std::optional<std::uint64_t> thousandths(std::string_view decimals) {
    if (decimals.empty() || decimals.size() > decimals_max) return std::nullopt;
    auto number = whole_number(decimals);
    for (std::size_t i = decimals.size(); number && i < decimals_max; ++i)
        *number *= 10;
    return number;
}

std::optional<std::uint64_t> millicores(std::string_view text) {
    if (text.ends_with('m')) return whole_number(text.substr(0, text.size() - 1));
    const auto point = text.find('.');
    const auto cores = whole_number(text.substr(0, point));
    if (!cores || *cores > millicores_max / 1000) return std::nullopt;
    if (point == std::string_view::npos) return *cores * 1000;
    const auto rest = thousandths(text.substr(point + 1));
    if (!rest) return std::nullopt;
    return *cores * 1000 + *rest;
}

}  // namespace

std::optional<std::uint32_t> parse_cpu_share(std::string_view text) {
    if (text.empty()) return 0;
    const auto number = millicores(text);
    if (!number || *number == 0 || *number > millicores_max) return std::nullopt;
    return static_cast<std::uint32_t>(*number);
}

std::optional<std::uint64_t> parse_memory_size(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, unsigned>, 4> units{
        {{"KiB", 10}, {"MiB", 20}, {"GiB", 30}, {"TiB", 40}}};
    if (text.empty()) return 0;
    for (const auto& [name, shift] : units) {
        if (!text.ends_with(name)) continue;
        const auto number = whole_number(text.substr(0, text.size() - name.size()));
        if (!number || *number == 0 || *number > memory_max >> shift) return std::nullopt;
        return *number << shift;
    }
    return std::nullopt;
}

std::optional<duration> parse_emit_mode(std::string_view text) {
    if (text == "change") return duration::zero();
    if (!text.starts_with(interval_prefix)) return std::nullopt;
    const auto interval = parse_duration(text.substr(interval_prefix.size()));
    if (!interval || *interval < emit_min || *interval > emit_max) return std::nullopt;
    return interval;
}

}  // namespace meshhost::config
