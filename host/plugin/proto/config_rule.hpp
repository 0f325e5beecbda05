// SPDX-License-Identifier: Apache-2.0
#pragma once
// One key's type and rule, as a role's schema words them.
#include "plugin/proto/config_schema.hpp"

#include <boost/json/value.hpp>

#include <optional>
#include <string>

namespace meshhost::plugin::proto {

/// What is wrong with the rule itself: nobody could keep it. nullopt when nothing is.
std::optional<std::string> fault_of_rule(const config_key& key);

/// "must be 1..4096", "must be an integer"; nullopt when `given` keeps type and rule.
std::optional<std::string> broken_rule(const config_key& key, const boost::json::value& given);

/// The default as a value. nullopt when `fallback` is not a literal.
std::optional<boost::json::value> parse_fallback(const config_key& key);

}  // namespace meshhost::plugin::proto
