// SPDX-License-Identifier: Apache-2.0
#pragma once
// A flat map of configuration paths, seen as a tree: "a.b", "list[0]", "list[1].name".
#include <mesh/testing/values.hpp>

#include <algorithm>
#include <cstdlib>

namespace mesh::testing {

/// The names right below `path`: "b" of "a.b" for "a", "[0]" of "list[0].name" for "list".
inline std::vector<std::string> config_children(
    const std::map<std::string, value>& config,
    const std::string& path
) {
    std::vector<std::string> names;
    for (const auto& [key, what] : config) {
        std::string_view rest = key;
        if (!path.empty()) {
            if (rest.size() <= path.size() || rest.substr(0, path.size()) != path) continue;
            rest.remove_prefix(path.size());
            if (rest.front() == '.')
                rest.remove_prefix(1);
            else if (rest.front() != '[')
                continue;
        }
        const auto end = rest.front() == '[' ? rest.find(']') + 1 : rest.find_first_of(".[");
        std::string name(rest.substr(0, end));
        if (std::find(names.begin(), names.end(), name) == names.end())
            names.push_back(std::move(name));
    }
    return names;
}

inline std::string json_text(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

inline std::string json_literal(const value& from) {
    if (const auto* b = std::get_if<bool>(&from)) return *b ? "true" : "false";
    if (const auto* i = std::get_if<std::int64_t>(&from)) return std::to_string(*i);
    if (const auto* u = std::get_if<std::uint64_t>(&from)) return std::to_string(*u);
    if (const auto* f = std::get_if<double>(&from)) return std::to_string(*f);
    if (const auto* s = std::get_if<std::string>(&from)) return json_text(*s);
    return "null";
}

inline std::string config_json(
    const std::map<std::string, value>& config,
    const std::string& path
) {
    if (const auto leaf = config.find(path); leaf != config.end())
        return json_literal(leaf->second);
    const auto children = config_children(config, path);
    const bool is_array = !children.empty() && children.front().front() == '[';
    std::string out(1, is_array ? '[' : '{');
    for (const auto& name : children) {
        if (out.size() > 1) out += ',';
        if (!is_array) out += json_text(name) + ":";
        const auto dot = path.empty() || is_array ? "" : ".";
        out += config_json(config, path + dot + name);
    }
    return out + (is_array ? ']' : '}');
}

/// A TOML literal of a scalar type; nothing for arrays and tables, which a test sets itself.
inline std::optional<value> read_literal(std::string_view text, std::uint32_t type) {
    std::string plain;
    for (const char c : text)
        if (c != '_') plain += c;
    switch (type) {
    case MESH_T_BOOL:
        return value(text == "true");
    case MESH_T_I64:
        return value(static_cast<std::int64_t>(std::strtoll(plain.c_str(), nullptr, 0)));
    case MESH_T_U64:  // a host has small numbers as I64, whatever the schema says
        return value(static_cast<std::int64_t>(std::strtoull(plain.c_str(), nullptr, 0)));
    case MESH_T_F64:
        return value(std::strtod(plain.c_str(), nullptr));
    case MESH_T_STR: {
        const bool is_quoted = text.size() >= 2 && (text.front() == '"' || text.front() == '\'');
        return value(std::string(is_quoted ? text.substr(1, text.size() - 2) : text));
    }
    default:
        return std::nullopt;
    }
}

}  // namespace mesh::testing
