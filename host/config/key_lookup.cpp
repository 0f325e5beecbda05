// SPDX-License-Identifier: Apache-2.0
#include "config/key_lookup.hpp"

#include "base/near_miss.hpp"
#include "base/quote.hpp"

#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/replace.hpp>
#include <boost/algorithm/string/split.hpp>

#include <algorithm>

namespace meshhost::config {
namespace {

constexpr std::string_view environment_prefix = "MESHHOST_";

/// The paths of the table's rows, split once.
const std::vector<key_path>& patterns() {
    static const std::vector<key_path> all = [] {
        std::vector<key_path> split;
        for (const config_key& key : config_keys())
            split.push_back(split_path(key.path));
        return split;
    }();
    return all;
}

/// Whether `path` begins as `pattern` does, over their common length.
bool agrees(std::span<const std::string> pattern, std::span<const std::string> path) {
    const std::size_t common = std::min(pattern.size(), path.size());
    return std::equal(
        pattern.begin(),
        pattern.begin() + static_cast<std::ptrdiff_t>(common),
        path.begin(),
        [](const std::string& part, const std::string& given) {
            return part == any_instance || part == given;
        }
    );
}

/// The first row for which `matches(row, its pattern)` holds.
template <class Predicate>
const config_key* first_key(Predicate matches) {
    const auto keys = config_keys();
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (matches(keys[i], patterns()[i])) return &keys[i];
    }
    return nullptr;
}

bool is_bare(std::string_view part) {
    return !part.empty() && std::all_of(part.begin(), part.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
               || c == '-' || c == '_';
    });
}

/// The pattern with its "*" replaced by what stands in that place of `path`.
std::string spell_out(std::string_view pattern, std::span<const std::string> path) {
    key_path parts = split_path(pattern);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (parts[i] == any_instance && i < path.size()) parts[i] = path[i];
    }
    return path_text(parts);
}

}  // namespace

key_path split_path(std::string_view dotted) {
    key_path parts;
    boost::split(parts, dotted, [](char c) { return c == '.'; });
    return parts;
}

std::string path_text(std::span<const std::string> path) {
    std::string text;
    for (const std::string& part : path) {
        if (!text.empty()) text += '.';
        text += is_bare(part) || part == any_instance ? part : in_quotes(part, part.size());
    }
    return text;
}

const config_key* find_key(std::span<const std::string> path) {
    return first_key([&](const config_key&, const key_path& pattern) {
        return pattern.size() == path.size() && agrees(pattern, path);
    });
}

const config_key* find_free_table(std::span<const std::string> path) {
    return first_key([&](const config_key& key, const key_path& pattern) {
        return key.rule.kind == value_kind::free_table && pattern.size() < path.size()
               && agrees(pattern, path);
    });
}

bool is_per_instance(const config_key& key) {
    return key.path.find(any_instance) != std::string_view::npos;
}

std::optional<std::string> instance_of(std::span<const std::string> path) {
    for (const key_path& pattern : patterns()) {
        const auto star = std::find(pattern.begin(), pattern.end(), any_instance);
        const auto index = static_cast<std::size_t>(star - pattern.begin());
        if (star == pattern.end() || path.size() <= index) continue;
        if (agrees(std::span(pattern).first(index), path)) return path[index];
    }
    return std::nullopt;
}

bool is_table(std::span<const std::string> path) {
    return std::any_of(patterns().begin(), patterns().end(), [&](const key_path& pattern) {
        return pattern.size() > path.size() && agrees(pattern, path);
    });
}

std::optional<std::string> environment_name(const config_key& key) {
    if (is_per_instance(key)) return std::nullopt;
    std::string name = boost::to_upper_copy(std::string(key.path));
    boost::replace_all(name, ".", "__");
    return std::string(environment_prefix) + name;
}

const config_key* find_environment(std::string_view name) {
    return first_key([&](const config_key& key, const key_path&) {
        return environment_name(key) == name;
    });
}

std::optional<std::string> suggest_key(std::span<const std::string> path) {
    std::vector<std::string> candidates;
    for (const config_key& key : config_keys())
        candidates.push_back(spell_out(key.path, path));
    return nearest(path_text(path), candidates);
}

std::optional<std::string> suggest_table(std::span<const std::string> path) {
    std::vector<std::string> candidates;
    for (const config_section& section : config_sections())
        candidates.push_back(spell_out(section.name, path));
    return nearest(path_text(path), candidates);
}

std::optional<std::string> suggest_environment(std::string_view name) {
    std::vector<std::string> candidates;
    for (const config_key& key : config_keys()) {
        if (auto known = environment_name(key)) candidates.push_back(std::move(*known));
    }
    return nearest(name, candidates);
}

}  // namespace meshhost::config
