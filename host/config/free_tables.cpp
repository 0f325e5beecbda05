// SPDX-License-Identifier: Apache-2.0
#include "config/free_tables.hpp"

#include <algorithm>

namespace meshhost::config {
namespace {

bool is_below(std::span<const std::string> path, std::span<const std::string> table) {
    return path.size() > table.size() && std::equal(table.begin(), table.end(), path.begin());
}

key_path copy_of(std::span<const std::string> path) {
    return {path.begin(), path.end()};
}

}  // namespace

void free_tables::put(std::span<const std::string> table, const toml_item& item, free_value value) {
    const bool has_keys = !below(item.path).empty();
    if (item.type == toml_type::table && has_keys) return;
    // A leaf above this one was a plain value, or a table that had no keys so far.
    for (std::size_t size = table.size() + 1; size < item.path.size(); ++size)
        values_.erase(copy_of(std::span(item.path).first(size)));
    for (const auto& [path, replaced] : below(item.path))
        values_.erase(path);
    values_.insert_or_assign(item.path, std::move(value));
}

std::map<key_path, free_value> free_tables::below(std::span<const std::string> table) const {
    std::map<key_path, free_value> found;
    // Paths compare part by part, so that everything below a table stands together behind it.
    auto next = values_.upper_bound(copy_of(table));
    for (; next != values_.end() && is_below(next->first, table); ++next)
        found.insert(*next);
    return found;
}

boost::json::object free_object(
    std::span<const std::string> table,
    const std::map<key_path, free_value>& values
) {
    boost::json::object root;
    for (const auto& [path, leaf] : values) {
        boost::json::object* parent = &root;
        for (std::size_t i = table.size(); i + 1 < path.size(); ++i) {
            boost::json::value& child = (*parent)[path[i]];
            parent = child.is_object() ? &child.as_object() : &child.emplace_object();
        }
        (*parent)[path.back()] = leaf.value;
    }
    return root;
}

std::map<std::string, std::string, std::less<>> free_origins(
    std::span<const std::string> table,
    const std::map<key_path, free_value>& values
) {
    std::map<std::string, std::string, std::less<>> origins;
    for (const auto& [path, leaf] : values) {
        const std::string name = path_text(std::span(path).subspan(table.size()));
        origins.emplace(name, leaf.origin);
        for (std::size_t i = 0; i < leaf.element_origins.size(); ++i)
            origins.emplace(name + "[" + std::to_string(i) + "]", leaf.element_origins[i]);
    }
    return origins;
}

}  // namespace meshhost::config
