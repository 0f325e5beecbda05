// SPDX-License-Identifier: Apache-2.0
#include "plugin/proto/state_quota.hpp"

#include "plugin/proto/limits.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace meshhost::plugin::proto {

namespace {

constexpr std::array<std::pair<std::string_view, unsigned>, 4> units{
    {{"", 0}, {"KiB", 10}, {"MiB", 20}, {"GiB", 30}}};

}  // namespace

std::optional<std::uint64_t> state_size(std::string_view permission) noexcept {
    constexpr std::string_view prefix = "state:";
    if (!permission.starts_with(prefix)) return std::nullopt;
    permission.remove_prefix(prefix.size());
    std::uint64_t number = 0;
    const char* const end = permission.data() + permission.size();
    const auto [rest, error] = std::from_chars(permission.data(), end, number);
    if (error != std::errc() || rest == permission.data()) return std::nullopt;
    const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
    for (const auto& [name, shift] : units) {
        if (unit != name) continue;
        if (number > state_bytes_max >> shift) return std::nullopt;
        return number << shift;
    }
    return std::nullopt;
}

std::uint64_t state_quota(const std::vector<std::string>& granted) noexcept {
    std::optional<std::uint64_t> most;
    for (const std::string& grant : granted) {
        if (const auto size = state_size(grant)) most = std::max(most.value_or(0), *size);
    }
    return most.value_or(state_bytes_default);
}

}  // namespace meshhost::plugin::proto
