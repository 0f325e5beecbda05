// SPDX-License-Identifier: Apache-2.0
#include "config/duration_text.hpp"

#include <array>
#include <charconv>

namespace meshhost::config {
namespace {

struct unit {
    std::string_view name;
    duration size;
};

/// Largest first: format_duration() takes the first that divides.
constexpr std::array<unit, 5> units{{{"h", 1h}, {"m", 1min}, {"s", 1s}, {"ms", 1ms}, {"us", 1us}}};

}  // namespace

std::optional<duration> parse_duration(std::string_view text) {
    std::uint64_t count = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, count);
    if (error != std::errc{}) return std::nullopt;
    const std::string_view name(rest, static_cast<std::size_t>(end - rest));
    for (const unit& unit : units) {
        if (name != unit.name) continue;
        const auto most = static_cast<std::uint64_t>(duration::max() / unit.size);
        if (count > most) return std::nullopt;
        return unit.size * static_cast<duration::rep>(count);
    }
    return std::nullopt;
}

std::string format_duration(duration value) {
    if (value == duration::zero()) return "0s";
    const unit* chosen = &units.back();
    for (const unit& unit : units) {
        if (value % unit.size != duration::zero()) continue;
        chosen = &unit;
        break;
    }
    return std::to_string(value / chosen->size) + std::string(chosen->name);
}

}  // namespace meshhost::config
