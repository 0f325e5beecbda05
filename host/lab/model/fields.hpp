// SPDX-License-Identifier: Apache-2.0
#pragma once
// Reading JSON that may be of another version or damaged: what is missing or of another type is
// absent, never an error.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meshhost::lab::model {

std::string text_at(const boost::json::object& from, std::string_view key);
std::optional<std::int64_t> integer_at(const boost::json::object& from, std::string_view key);
/// nullopt when there is none, or it is no number.
std::optional<double> real_at(const boost::json::object& from, std::string_view key);
const boost::json::object& object_at(const boost::json::object& from, std::string_view key);
const boost::json::array& array_at(const boost::json::object& from, std::string_view key);

}  // namespace meshhost::lab::model
