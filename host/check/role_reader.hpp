// SPDX-License-Identifier: Apache-2.0
#pragma once
// Reads what role_json() wrote, after it came through the pipe from a child that may say anything.
#include <boost/json/object.hpp>

#include <set>
#include <string>
#include <string_view>

namespace meshhost::check {

/// Empty where there is none.
inline std::string text_in(const boost::json::object& from, std::string_view name) {
    const auto* found = from.if_contains(name);
    return found != nullptr && found->is_string() ? std::string(found->get_string())
                                                  : std::string();
}

inline std::set<std::string> names_in(const boost::json::object& from, std::string_view name) {
    std::set<std::string> names;
    const auto* found = from.if_contains(name);
    if (found == nullptr || !found->is_array()) return names;
    for (const auto& each : found->get_array())
        if (each.is_string()) names.emplace(each.get_string());
    return names;
}

}  // namespace meshhost::check
