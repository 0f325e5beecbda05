// SPDX-License-Identifier: Apache-2.0
#include "plugin/proto/config_change.hpp"

#include <mesh/plugin.h>

#include <algorithm>
#include <set>
#include <string_view>

namespace meshhost::plugin::proto {

namespace {

namespace json = boost::json;

void compare(
    const json::object& before,
    const json::object& after,
    const std::string& prefix,
    std::vector<std::string>& into
) {
    std::set<std::string> names;
    for (const auto& [name, value] : before)
        names.emplace(name);
    for (const auto& [name, value] : after)
        names.emplace(name);
    const json::value nothing;
    for (const std::string& name : names) {
        const json::value* const old_value = before.if_contains(name);
        const json::value* const new_value = after.if_contains(name);
        const json::value& left = old_value != nullptr ? *old_value : nothing;
        const json::value& right = new_value != nullptr ? *new_value : nothing;
        if (left.is_object() && right.is_object()) {
            compare(left.get_object(), right.get_object(), prefix + name + ".", into);
        } else if (left != right) {
            into.push_back(prefix + name);
        }
    }
}

bool is_at_or_below(std::string_view path, std::string_view key) noexcept {
    return path.starts_with(key) && (path.size() == key.size() || path[key.size()] == '.');
}

}  // namespace

std::vector<std::string> changed_paths(const json::object& before, const json::object& after) {
    std::vector<std::string> changed;
    compare(before, after, "", changed);
    return changed;
}

std::vector<std::string> fixed_paths(
    const config_schema& schema,
    const std::vector<std::string>& changed
) {
    std::vector<std::string> fixed;
    if (schema.is_open) return fixed;
    for (const std::string& path : changed) {
        const bool may_change =
            std::any_of(schema.keys.begin(), schema.keys.end(), [&](const config_key& key) {
                return (key.flags & MESH_CFG_RELOAD) != 0 && is_at_or_below(path, key.path);
            });
        if (!may_change) fixed.push_back(path);
    }
    return fixed;
}

}  // namespace meshhost::plugin::proto
