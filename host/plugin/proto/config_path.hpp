// SPDX-License-Identifier: Apache-2.0
#pragma once
// Finding a value in a tree by a path as plugins write it: "limits.hosts[2].name".
#include <boost/json/value.hpp>

#include <string_view>

namespace meshhost::plugin::proto {

/// nullptr when there is nothing at `path`, or it is not a path. An empty path is the root.
const boost::json::value* find_path(const boost::json::value& root, std::string_view path);

/// Puts `made` at a dotted path, making the tables on the way. false when something that is not a
/// table is in the way.
bool put_path(boost::json::object& root, std::string_view path, boost::json::value made);

}  // namespace meshhost::plugin::proto
