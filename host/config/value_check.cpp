// SPDX-License-Identifier: Apache-2.0
#include "config/value_check.hpp"

#include "base/quote.hpp"
#include "config/duration_text.hpp"
#include "config/text_form.hpp"

#include <boost/json/array.hpp>

namespace meshhost::config {
namespace {

using faults = std::vector<value_fault>;

bool has_type(value_kind kind, toml_type type) {
    switch (kind) {
    case value_kind::boolean:
        return type == toml_type::boolean;
    case value_kind::integer:
        return type == toml_type::integer;
    case value_kind::duration:
    case value_kind::text:
        return type == toml_type::string;
    case value_kind::text_list:
        return type == toml_type::array;
    case value_kind::free_table:
        return type == toml_type::table;
    }
    return false;
}

std::string subject(std::string_view path) {
    return "`" + std::string(path) + "` ";
}

value_fault wrong_type(const config_key& key, std::string_view path, const toml_item& item) {
    if (key.rule.kind == value_kind::duration && item.type == toml_type::integer) {
        const std::string digits = std::to_string(item.value.as_int64());
        return {
            item.value_at,
            "`" + std::string(path) + " = " + digits + "` has no unit",
            "write \"" + digits + "s\" or \"" + digits + "ms\""};
    }
    std::string message = subject(path) + "must be " + type_text(key.rule) + ", not ";
    message += toml_type_text(item.type);
    return {item.value_at, std::move(message), ""};
}

faults check_integer(const config_key& key, std::string_view path, const toml_item& item) {
    const std::int64_t value = item.value.as_int64();
    if (value >= key.rule.least && value <= key.rule.most) return {};
    const std::string message =
        subject(path) + "must be " + rule_text(key.rule) + ", not " + std::to_string(value);
    return {{item.value_at, message, ""}};
}

faults check_duration(const config_key& key, std::string_view path, const toml_item& item) {
    const std::string_view text = item.value.as_string();
    const auto value = parse_duration(text);
    const bool in_range =
        value && *value >= duration(key.rule.least) && *value <= duration(key.rule.most);
    if (in_range) return {};
    const std::string wanted = value ? rule_text(key.rule) : type_text(key.rule);
    const std::string hint = value ? "" : "units are us, ms, s, m and h";
    return {
        {item.value_at, subject(path) + "must be " + wanted + ", not " + in_quotes(text), hint}};
}

faults check_text(const config_key& key, std::string_view path, const toml_item& item) {
    auto fault = check_form(key.rule.form, key.rule.choices, item.value.as_string());
    if (!fault) return {};
    return {{item.value_at, subject(path) + fault->complaint, std::move(fault->hint)}};
}

faults check_list(const config_key& key, std::string_view path, const toml_item& item) {
    const boost::json::array& elements = item.value.as_array();
    if (elements.size() > static_cast<std::size_t>(key.rule.most)) {
        const std::string message = subject(path) + "has " + std::to_string(elements.size())
                                    + " elements, at most " + std::to_string(key.rule.most)
                                    + " are allowed";
        return {{item.value_at, message, ""}};
    }
    faults found;
    for (std::size_t i = 0; i < elements.size(); ++i) {
        const std::string name = subject(std::string(path) + "[" + std::to_string(i) + "]");
        const text_position at = item.elements_at[i];
        if (!elements[i].is_string()) {
            found.push_back({at, name + "must be a string", ""});
        } else if (auto fault = check_form(key.rule.form, key.rule.choices, elements[i].as_string())) {
            found.push_back({at, name + fault->complaint, std::move(fault->hint)});
        }
    }
    return found;
}

}  // namespace

std::vector<value_fault> check_value(
    const config_key& key,
    std::string_view path,
    const toml_item& item
) {
    if (!has_type(key.rule.kind, item.type)) return {wrong_type(key, path, item)};
    switch (key.rule.kind) {
    case value_kind::integer:
        return check_integer(key, path, item);
    case value_kind::duration:
        return check_duration(key, path, item);
    case value_kind::text:
        return check_text(key, path, item);
    case value_kind::text_list:
        return check_list(key, path, item);
    case value_kind::boolean:
    case value_kind::free_table:
        break;
    }
    return {};
}

}  // namespace meshhost::config
