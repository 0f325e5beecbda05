// SPDX-License-Identifier: Apache-2.0
#pragma once
// Reading JSON that another version of meshhost may have written: what is missing or of another
// type is absent, never an error.
#include "base/time.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::ctl {

/// Empty when there is none. Control characters are replaced: it is for a terminal.
std::string text_in(const boost::json::object& from, std::string_view key);
std::optional<std::int64_t> number_in(const boost::json::object& from, std::string_view key);
std::optional<duration> us_in(const boost::json::object& from, std::string_view key);
std::optional<duration> ms_in(const boost::json::object& from, std::string_view key);
/// An empty one when there is none.
const boost::json::object& object_in(const boost::json::object& from, std::string_view key);
const boost::json::array& array_in(const boost::json::object& from, std::string_view key);
std::vector<std::string> texts_in(const boost::json::object& from, std::string_view key);

}  // namespace meshhost::ctl
