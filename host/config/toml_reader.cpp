// SPDX-License-Identifier: Apache-2.0
#include "config/toml_reader.hpp"

#include "base/bytes.hpp"
#include "config/toml_depth.hpp"

#include <boost/json/parse.hpp>
#include <toml++/toml.h>

#include <algorithm>
#include <sstream>

namespace meshhost::config {
namespace {

text_position position_of(const toml::source_region& region) {
    return {region.begin.line, region.begin.column};
}

toml_type type_of(const toml::node& node) {
    switch (node.type()) {
    case toml::node_type::boolean:
        return toml_type::boolean;
    case toml::node_type::integer:
        return toml_type::integer;
    case toml::node_type::floating_point:
        return toml_type::real;
    case toml::node_type::string:
        return toml_type::string;
    case toml::node_type::array:
        return toml_type::array;
    case toml::node_type::table:
        return toml_type::table;
    case toml::node_type::date:
    case toml::node_type::time:
    case toml::node_type::date_time:
    case toml::node_type::none:
        break;
    }
    return toml_type::date_time;
}

/// By way of toml++'s own JSON writer, which knows what to do with dates and nested tables.
boost::json::value json_of(const toml::node& node) {
    std::ostringstream text;
    text << toml::json_formatter(node);
    error_code unexpected;
    return boost::json::parse(text.str(), unexpected);
}

toml_item item_of(key_path path, text_position key_at, const toml::node& node) {
    toml_item item{std::move(path), type_of(node), key_at, key_at, {}, {}};
    if (node.is_table()) return item;
    item.value_at = position_of(node.source());
    item.value = json_of(node);
    if (const toml::array* array = node.as_array()) {
        for (const toml::node& element : *array)
            item.elements_at.push_back(position_of(element.source()));
    }
    return item;
}

/// toml++ repeats what it stumbled over, line ends and all.
std::string one_line(std::string_view description) {
    std::string line;
    for (const char c : description) {
        const bool printable = static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
        line += printable ? std::string(1, c) : "\\x" + to_hex(as_bytes({&c, 1}));
    }
    return line;
}

/// A key that is still to be listed.
struct pending_key {
    key_path path;
    text_position at;
    const toml::node* node;
};

/// Last key on top, so that the first is listed next.
void push_keys(
    std::vector<pending_key>& pending,
    const key_path& parent,
    const toml::table& table
) {
    const auto first = static_cast<std::ptrdiff_t>(pending.size());
    for (const auto& [key, node] : table) {
        key_path path = parent;
        path.emplace_back(key.str());
        pending.push_back({std::move(path), position_of(key.source()), &node});
    }
    std::reverse(pending.begin() + first, pending.end());
}

std::vector<toml_item> list_items(const toml::table& root) {
    std::vector<toml_item> items;
    std::vector<pending_key> pending;
    push_keys(pending, {}, root);
    while (!pending.empty()) {
        pending_key next = std::move(pending.back());
        pending.pop_back();
        if (const toml::table* table = next.node->as_table()) push_keys(pending, next.path, *table);
        items.push_back(item_of(std::move(next.path), next.at, *next.node));
    }
    return items;
}

}  // namespace

std::string_view toml_type_text(toml_type type) {
    switch (type) {
    case toml_type::boolean:
        return "a boolean";
    case toml_type::integer:
        return "an integer";
    case toml_type::real:
        return "a number with a fraction";
    case toml_type::string:
        return "a string";
    case toml_type::date_time:
        return "a date or time";
    case toml_type::array:
        return "an array";
    case toml_type::table:
        return "a table";
    }
    return "";
}

boost::system::result<std::vector<toml_item>, toml_fault> read_toml(std::string_view text) {
    if (const auto place = find_too_deep(text, toml_depth_max)) {
        return toml_fault{
            *place,
            "nested too deep: at most " + std::to_string(toml_depth_max) + " tables and arrays"};
    }
    try {
        return list_items(toml::parse(text));
    } catch (const toml::parse_error& error) {
        return toml_fault{
            position_of(error.source()),
            "not valid TOML: " + one_line(error.description())};
    }
}

std::optional<toml_item> read_toml_value(std::string_view text) {
    const auto document = read_toml("value = " + std::string(text));
    if (!document || document->size() != 1 || document->front().type == toml_type::table) {
        return std::nullopt;
    }
    toml_item item = document->front();
    item.path.clear();
    return item;
}

}  // namespace meshhost::config
