// SPDX-License-Identifier: Apache-2.0
#pragma once
// `meshhost --describe FILE`: what a plugin is and what it says of itself, asked in a child.
#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace meshhost::check {

/// {"path", "abi", "sdk", "roles"}, or why there is none: "MP003 ...".
struct description {
    boost::json::object about;
    std::string refused;
    bool is_plugin = true;
};
description describe_plugin(const std::string& path);

/// What a file refused with this code is: no plugin at all, or one that a host does not take.
bool is_foreign(std::string_view code) noexcept;

}  // namespace meshhost::check
