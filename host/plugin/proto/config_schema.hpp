// SPDX-License-Identifier: Apache-2.0
#pragma once
// An instance's configuration against its role's schema: types, rules, defaults, unknown keys. All
// problems are found at once, each with the place the operator has to look at.
#include "base/error.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::plugin::proto {

/// mesh_config_key, read.
struct config_key {
    std::string path;         ///< dotted: "limits.max_jobs"
    std::uint32_t type = 0;   ///< MESH_T_*, MESH_CFG_ARRAY or MESH_CFG_TABLE
    std::uint32_t flags = 0;  ///< MESH_CFG_REQUIRED ...
    std::string fallback;     ///< a TOML literal; empty: none
    std::string rule;         ///< "1..65535", "oneof:a|b|c", "len:1..64"; empty: none
    std::string doc;
};

/// Empty but not open: the role takes no configuration at all.
struct config_schema {
    bool is_open = true;  ///< the role declares nothing and reads what it likes
    std::vector<config_key> keys;
};

/// What the operator wrote below [plugin.<instance>.config].
struct plugin_config {
    boost::json::object values;
    /// Where each key was set: "limits.max_jobs" → "/etc/meshhost.toml:41:1".
    std::map<std::string, std::string, std::less<>> origins;
};

struct checked_config {
    boost::json::object values;         ///< with the defaults filled in
    std::vector<std::string> problems;  ///< "/etc/m.toml:41: plugin.c-0.config.n = 0: must be 1..9"
    std::vector<std::string> warnings;  ///< of deprecated keys
};

/// What is wrong with the schema itself; nullopt when it can be used.
std::optional<std::string> fault_of(const config_schema& schema);

/// `prefix` is put before each key: "plugin.compute-0.config.".
checked_config check_config(
    const config_schema& schema,
    const plugin_config& given,
    std::string_view prefix
);

}  // namespace meshhost::plugin::proto
