// SPDX-License-Identifier: Apache-2.0
#include "ctl/fields.hpp"

#include "ctl/terminal_text.hpp"

#include <limits>

namespace meshhost::ctl {

std::string text_in(const boost::json::object& from, std::string_view key) {
    const auto* value = from.if_contains(key);
    return value != nullptr && value->is_string() ? printable(value->get_string()) : std::string();
}

std::optional<std::int64_t> number_in(const boost::json::object& from, std::string_view key) {
    const auto* value = from.if_contains(key);
    if (value == nullptr) return {};
    if (value->is_int64()) return value->get_int64();
    if (value->is_uint64()) return std::numeric_limits<std::int64_t>::max();
    return {};
}

std::optional<duration> us_in(const boost::json::object& from, std::string_view key) {
    const auto number = number_in(from, key);
    if (!number) return {};
    return std::chrono::microseconds(*number);
}

std::optional<duration> ms_in(const boost::json::object& from, std::string_view key) {
    const auto number = number_in(from, key);
    if (!number) return {};
    return std::chrono::milliseconds(*number);
}

const boost::json::object& object_in(const boost::json::object& from, std::string_view key) {
    static const boost::json::object none;
    const auto* value = from.if_contains(key);
    return value != nullptr && value->is_object() ? value->get_object() : none;
}

const boost::json::array& array_in(const boost::json::object& from, std::string_view key) {
    static const boost::json::array none;
    const auto* value = from.if_contains(key);
    return value != nullptr && value->is_array() ? value->get_array() : none;
}

std::vector<std::string> texts_in(const boost::json::object& from, std::string_view key) {
    std::vector<std::string> texts;
    for (const auto& item : array_in(from, key))
        if (item.is_string()) texts.push_back(printable(item.get_string()));
    return texts;
}

}  // namespace meshhost::ctl
