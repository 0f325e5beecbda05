// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a plugin says of itself: for a person, as a page of documentation, and as JSON.
#include "plugin/plugin_role.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <string>

namespace meshhost::check {

boost::json::object role_json(const plugin::role_description& role);

/// `about`: "path", "abi", "sdk", "vendor", and "roles", a list of role_json().
std::string describe_text(const boost::json::object& about);
std::string describe_markdown(const boost::json::object& about);

}  // namespace meshhost::check
