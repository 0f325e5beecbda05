// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/fields.hpp"

#include "base/cut.hpp"

namespace meshhost::observe::proto {

namespace json = boost::json;

std::string text_at(const json::object& of, std::string_view key, std::size_t bytes_max) {
    const auto* found = of.if_contains(key);
    if (found == nullptr || !found->is_string()) return {};
    const auto& text = found->get_string();
    return cut({text.data(), text.size()}, bytes_max);
}

std::optional<std::uint64_t> number_at(const json::object& of, std::string_view key) {
    constexpr double most = 9007199254740992.0;
    const auto* found = of.if_contains(key);
    if (found == nullptr || !found->is_number()) return std::nullopt;
    const double number = found->to_number<double>();
    if (!(number >= 0)) return std::nullopt;
    return static_cast<std::uint64_t>(number < most ? number : most);
}

std::optional<std::uint64_t> per_second(std::uint64_t before, std::uint64_t now, std::uint64_t ms) {
    constexpr std::uint64_t second = 1000;
    constexpr std::uint64_t most = std::uint64_t{1} << 53;
    if (ms == 0 || now < before || now - before > most / second) return std::nullopt;
    return (now - before) * second / ms;
}

const json::object* object_at(const json::object& of, std::string_view key) {
    const auto* found = of.if_contains(key);
    return found == nullptr ? nullptr : found->if_object();
}

json::value rounded_or_null(const std::optional<std::uint64_t>& value) {
    if (!value) return nullptr;
    std::uint64_t scale = 1;
    while (*value / scale >= 100)
        scale *= 10;
    return *value / scale * scale;
}

}  // namespace meshhost::observe::proto
