// SPDX-License-Identifier: Apache-2.0
// `meshctl config schema`: the table of keys as JSON Schema, draft 2020-12.
#include "config/config_text.hpp"
#include "config/key_lookup.hpp"
#include "config/text_form.hpp"
#include "config/toml_reader.hpp"

namespace meshhost::config {
namespace {

namespace json = boost::json;

json::object string_schema(const value_rule& rule) {
    json::object schema{{"type", "string"}};
    if (rule.form == text_form::choice) {
        json::array choices;
        for (const std::string& choice : choice_list(rule.choices))
            choices.emplace_back(choice);
        schema["enum"] = std::move(choices);
    }
    if (const auto pattern = form_pattern(rule.form); !pattern.empty()) schema["pattern"] = pattern;
    return schema;
}

json::object type_schema(const value_rule& rule) {
    switch (rule.kind) {
    case value_kind::boolean:
        return {{"type", "boolean"}};
    case value_kind::integer:
        return {{"type", "integer"}, {"minimum", rule.least}, {"maximum", rule.most}};
    case value_kind::duration:
        return {{"type", "string"}, {"pattern", "^[0-9]+(us|ms|s|m|h)$"}};
    case value_kind::text:
        return string_schema(rule);
    case value_kind::text_list:
        return {{"type", "array"}, {"maxItems", rule.most}, {"items", string_schema(rule)}};
    case value_kind::free_table:
        return {{"type", "object"}};
    }
    return {};
}

json::object key_schema(const config_key& key) {
    json::object schema = type_schema(key.rule);
    schema["description"] = std::string(key.doc) + " (" + rule_text(key.rule) + ")";
    if (const auto fallback = read_toml_value(key.fallback)) schema["default"] = fallback->value;
    return schema;
}

/// A table of keys and nothing else.
json::object table_schema(std::string_view doc) {
    return {
        {"type", "object"},
        {"description", doc},
        {"additionalProperties", false},
        {"properties", json::object{}}};
}

json::object section_schema(const config_section& section) {
    json::object schema = table_schema(section.doc);
    const std::string prefix = std::string(section.name) + ".";
    json::array required;
    for (const config_key& key : config_keys()) {
        if (!key.path.starts_with(prefix)) continue;
        const std::string_view name = key.path.substr(prefix.size());
        schema["properties"].as_object()[name] = key_schema(key);
        if (key.required()) required.emplace_back(name);
    }
    if (!required.empty()) schema["required"] = std::move(required);
    return schema;
}

}  // namespace

boost::json::object schema_json() {
    json::object schema = table_schema("The configuration of a meshhost.");
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
    schema["title"] = "meshhost.toml";
    json::object& tables = schema["properties"].as_object();
    for (const config_section& section : config_sections()) {
        const key_path path = split_path(section.name);
        if (path.back() != any_instance) {
            tables[path.back()] = section_schema(section);
            continue;
        }
        tables[path.front()] = json::object{
            {"type", "object"},
            {"propertyNames", {{"pattern", form_pattern(text_form::name)}}},
            {"maxProperties", plugin_instances_max},
            {"additionalProperties", section_schema(section)}};
    }
    return schema;
}

}  // namespace meshhost::config
