// SPDX-License-Identifier: Apache-2.0
#include "lab/model/fields.hpp"

#include <limits>

namespace meshhost::lab::model {

std::string text_at(const boost::json::object& from, std::string_view key) {
    const auto* value = from.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string();
}

std::optional<std::int64_t> integer_at(const boost::json::object& from, std::string_view key) {
    const auto* value = from.if_contains(key);
    if (value == nullptr) return std::nullopt;
    if (value->is_int64()) return value->get_int64();
    if (value->is_uint64()) return std::numeric_limits<std::int64_t>::max();
    return std::nullopt;
}

std::optional<double> real_at(const boost::json::object& from, std::string_view key) {
    const auto* value = from.if_contains(key);
    if (value == nullptr || !value->is_number()) return std::nullopt;
    return value->to_number<double>();
}

const boost::json::object& object_at(const boost::json::object& from, std::string_view key) {
    static const boost::json::object none;
    const auto* value = from.if_contains(key);
    return value != nullptr && value->is_object() ? value->get_object() : none;
}

const boost::json::array& array_at(const boost::json::object& from, std::string_view key) {
    static const boost::json::array none;
    const auto* value = from.if_contains(key);
    return value != nullptr && value->is_array() ? value->get_array() : none;
}

}  // namespace meshhost::lab::model
