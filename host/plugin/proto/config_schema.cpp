// SPDX-License-Identifier: Apache-2.0
#include "plugin/proto/config_schema.hpp"

#include <mesh/plugin.h>

#include "base/near_miss.hpp"
#include "base/quote.hpp"
#include "plugin/proto/config_path.hpp"
#include "plugin/proto/config_rule.hpp"

#include <boost/json/serialize.hpp>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

namespace meshhost::plugin::proto {

namespace json = boost::json;

namespace {

constexpr std::size_t shown_value_max = 60;  // characters of a wrong value

/// "/etc/m.toml:41:7" → file and line; a text without a line is all file.
struct place {
    std::string_view file;
    std::string_view line;
};

bool is_number(std::string_view text) noexcept {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

place read_place(std::string_view origin) noexcept {
    place read{origin, {}};
    while (true) {  // the column, then the line
        const auto colon = read.file.rfind(':');
        if (colon == std::string_view::npos || !is_number(read.file.substr(colon + 1))) return read;
        read.line = read.file.substr(colon + 1);
        read.file = read.file.substr(0, colon);
    }
}

/// One configuration being checked.
class config_check {
public:
    config_check(const config_schema& schema, const plugin_config& given, std::string_view prefix)
        : schema_(schema)
        , given_(given)
        , prefix_(prefix)
        , values_(given.values) {}

    checked_config run() && {
        for (const config_key& key : schema_.keys)
            check_key(key);
        if (!schema_.is_open) find_unknown();
        checked_.values = std::move(values_.get_object());
        return std::move(checked_);
    }

private:
    void check_key(const config_key& key) {
        const json::value* const found = find_path(values_, key.path);
        if (found == nullptr) return fill_in(key);
        if (key.flags & MESH_CFG_DEPRECATED) {
            checked_.warnings.push_back(at(key.path, prefixed(key.path) + " is deprecated"));
        }
        const auto broken = broken_rule(key, *found);
        if (!broken) return;
        const std::string shown =
            key.flags & MESH_CFG_SECRET ? "(secret)" : shorten(json::serialize(*found));
        complain(key.path, fmt::format("{} = {}: {}", prefixed(key.path), shown, *broken));
    }

    void fill_in(const config_key& key) {
        if (key.flags & MESH_CFG_REQUIRED) {
            return complain(key.path, prefixed(key.path) + " is missing");
        }
        if (key.fallback.empty()) return;
        if (!put_path(values_.get_object(), key.path, *parse_fallback(key))) {
            complain(key.path, prefixed(key.path) + ": something above it is not a table");
        }
    }

    /// Is `path` a declared key, or inside one that is a whole table or array?
    bool is_known(std::string_view path) const {
        return std::any_of(schema_.keys.begin(), schema_.keys.end(), [path](const config_key& key) {
            const bool is_tree = key.type == MESH_CFG_TABLE || key.type == MESH_CFG_ARRAY;
            return path == key.path
                   || (is_tree && path.starts_with(key.path) && path[key.path.size()] == '.');
        });
    }

    bool leads_to_key(std::string_view path) const {
        return std::any_of(schema_.keys.begin(), schema_.keys.end(), [path](const config_key& key) {
            return key.path.size() > path.size() && key.path.starts_with(path)
                   && key.path[path.size()] == '.';
        });
    }

    /// Looks into those tables only that lead to a declared key.
    void find_unknown() {
        std::vector<std::pair<std::string, const json::object*>> left{{"", &given_.values}};
        while (!left.empty()) {
            const auto [above, table] = std::move(left.back());
            left.pop_back();
            for (const auto& [name, inside] : *table) {
                const std::string path = above + std::string(name);
                if (is_known(path)) continue;
                if (inside.is_object() && leads_to_key(path)) {
                    left.emplace_back(path + ".", &inside.get_object());
                } else {
                    complain(path, unknown(path));
                }
            }
        }
    }

    std::string unknown(const std::string& path) const {
        std::vector<std::string> known;
        for (const config_key& key : schema_.keys)
            known.push_back(key.path);
        const auto meant = nearest(path, known);
        return "unknown key " + in_quotes(path)
               + (meant ? ", did you mean " + in_quotes(*meant) + "?" : "");
    }

    void complain(std::string_view path, const std::string& what) {
        checked_.problems.push_back(at(path, what));
    }

    /// `what` behind its place; only the line when the last one was in the same file.
    std::string at(std::string_view path, const std::string& what) {
        const auto origin = given_.origins.find(path);
        if (origin == given_.origins.end()) return what;
        const place where = read_place(origin->second);
        const bool same_file = where.file == last_file_;
        last_file_ = where.file;
        if (where.line.empty()) return fmt::format("{}: {}", where.file, what);
        if (same_file) return fmt::format("line {}: {}", where.line, what);
        return fmt::format("{}:{}: {}", where.file, where.line, what);
    }

    std::string prefixed(std::string_view path) const { return std::string(prefix_).append(path); }

    static std::string shorten(std::string text) {
        if (text.size() > shown_value_max) text.replace(shown_value_max, std::string::npos, "...");
        return text;
    }

    const config_schema& schema_;
    const plugin_config& given_;
    std::string_view prefix_;
    json::value values_;  ///< as given, with the defaults
    std::string_view last_file_;
    checked_config checked_;
};

}  // namespace

std::optional<std::string> fault_of(const config_schema& schema) {
    std::set<std::string_view> paths;
    for (const config_key& key : schema.keys) {
        const std::string name = "config key " + in_quotes(key.path);
        if (key.path.empty()) return name + ": no path";
        if (!paths.insert(key.path).second) return name + ": declared twice";
        if (const auto fault = fault_of_rule(key)) return name + ": " + *fault;
        if (key.fallback.empty()) continue;
        const auto fallback = parse_fallback(key);
        if (!fallback) return name + ": the default is not a value";
        if (const auto broken = broken_rule(key, *fallback))
            return name + ": the default " + *broken;
    }
    return std::nullopt;
}

checked_config check_config(
    const config_schema& schema,
    const plugin_config& given,
    std::string_view prefix
) {
    return config_check(schema, given, prefix).run();
}

}  // namespace meshhost::plugin::proto
