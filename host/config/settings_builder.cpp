// SPDX-License-Identifier: Apache-2.0
#include "config/settings_builder.hpp"

#include "base/quote.hpp"
#include "config/text_form.hpp"

#include <algorithm>

namespace meshhost::config {
namespace {

std::string with_position(const std::string& name, text_position at) {
    return name + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

bool begins_with(const key_path& path, const key_path& start) {
    return !start.empty() && path.size() >= start.size()
           && std::equal(start.begin(), start.end(), path.begin());
}

std::string in_ticks(const key_path& path) {
    constexpr std::size_t length_max = 200;
    std::string text = path_text(path);
    if (text.size() > length_max) text.replace(length_max, text.size(), "...");
    return "`" + text + "`";
}

std::string did_you_mean(const std::optional<std::string>& name) {
    return name ? "did you mean `" + *name + "`?" : "";
}

/// The key's path for one instance; host-wide keys have no "*" to replace.
key_path path_of(const config_key& key, const std::string& instance) {
    key_path path = split_path(key.path);
    std::replace(path.begin(), path.end(), std::string(any_instance), instance);
    return path;
}

boost::json::value default_of(const config_key& key) {
    if (key.rule.kind == value_kind::free_table) return boost::json::object{};
    return read_toml_value(key.fallback).value().value;
}

}  // namespace

std::string layer_name::origin_at(text_position at) const {
    return has_lines ? with_position(origin, at) : origin;
}

std::string layer_name::where_at(text_position at) const {
    return has_lines ? with_position(where, at) : where;
}

void settings_builder::add_layer(const layer_name& name, std::span<const toml_item> items) {
    refused_.clear();
    for (const toml_item& item : items) {
        if (!begins_with(item.path, refused_)) take(name, item);
    }
    problems_.end_layer();
}

void settings_builder::report(
    const layer_name& name,
    text_position at,
    std::string message,
    std::string hint
) {
    config_problem problem;
    problem.where = name.where_at(at);
    problem.message = std::move(message);
    problem.hint = std::move(hint);
    problems_.add(at, std::move(problem));
}

void settings_builder::take(const layer_name& name, const toml_item& item) {
    if (!take_instance(name, item)) return;
    if (const config_key* key = find_key(item.path)) {
        take_key(name, *key, item);
    } else if (const config_key* table = find_free_table(item.path)) {
        take_free(name, *table, item);
    } else if (!is_table(item.path)) {
        refuse_unknown(name, item);
    } else if (item.type != toml_type::table) {
        refuse_table(name, item);
    }
}

/// Takes note of the plugin that the item is about; false when there can be no such plugin.
bool settings_builder::take_instance(const layer_name& name, const toml_item& item) {
    const auto instance = instance_of(item.path);
    const bool is_value = item.path.size() == 2 && item.type != toml_type::table;
    if (!instance || is_value || instances_.contains(*instance)) return true;
    std::string message;
    if (const auto fault = check_form(text_form::name, "", *instance)) {
        message = "a plugin's name " + fault->complaint;
    } else if (instances_.size() == plugin_instances_max) {
        message = "more than " + std::to_string(plugin_instances_max) + " plugins";
    } else {
        instances_.emplace(*instance, name.where_at(item.key_at));
        return true;
    }
    refuse(name, item, {item.key_at, std::move(message), ""});
    refused_.resize(2);
    return false;
}

void settings_builder::take_key(
    const layer_name& name,
    const config_key& key,
    const toml_item& item
) {
    const std::string text = path_text(item.path);
    given_.insert(item.path);
    auto faults = check_value(key, text, item);
    for (value_fault& fault : faults)
        refuse(name, item, std::move(fault));
    if (!faults.empty() || key.rule.kind == value_kind::free_table) return;
    settings_.insert_or_assign(
        item.path,
        setting{text, &key, item.value, name.origin_at(item.key_at)}
    );
}

void settings_builder::take_free(
    const layer_name& name,
    const config_key& table,
    const toml_item& item
) {
    free_value value{item.value, name.origin_at(item.key_at), {}};
    if (item.type == toml_type::table) value.value = boost::json::object{};
    for (const text_position at : item.elements_at)
        value.element_origins.push_back(name.origin_at(at));
    const std::size_t size = split_path(table.path).size();
    free_tables_.put(std::span(item.path).first(size), item, std::move(value));
}

void settings_builder::refuse_table(const layer_name& name, const toml_item& item) {
    std::string message = in_ticks(item.path) + " must be a table, not ";
    message += toml_type_text(item.type);
    refuse(name, item, {item.value_at, std::move(message), did_you_mean(suggest_key(item.path))});
}

void settings_builder::refuse_unknown(const layer_name& name, const toml_item& item) {
    const bool table = item.type == toml_type::table;
    std::string hint;
    if (!problems_.full()) {
        hint = did_you_mean(table ? suggest_table(item.path) : suggest_key(item.path));
    }
    std::string message = table ? "unknown table " : "unknown key ";
    refuse(name, item, {item.key_at, message + in_ticks(item.path), std::move(hint)});
}

void settings_builder::refuse(const layer_name& name, const toml_item& item, value_fault fault) {
    report(name, fault.at, std::move(fault.message), std::move(fault.hint));
    refused_ = item.path;
}

config_result settings_builder::finish() && {
    check_required();
    if (!problems_.empty()) return config_failure{std::move(problems_).take()};
    loaded_config loaded;
    for (const config_key& key : config_keys()) {
        if (!is_per_instance(key)) add_setting(loaded, key, "");
    }
    for (const auto& [instance, where] : instances_) {
        for (const config_key& key : config_keys()) {
            if (is_per_instance(key)) add_setting(loaded, key, instance);
        }
    }
    return loaded;
}

void settings_builder::check_required() {
    for (const auto& [instance, where] : instances_) {
        for (const config_key& key : config_keys()) {
            const key_path path = path_of(key, instance);
            if (!key.required() || given_.contains(path)) continue;
            std::string hint = "write " + path.back() + " = " + std::string(key.example);
            report({"", where}, {}, in_ticks(path) + " is missing", std::move(hint));
        }
    }
}

void settings_builder::add_setting(
    loaded_config& loaded,
    const config_key& key,
    const std::string& instance
) {
    const key_path path = path_of(key, instance);
    if (key.rule.kind == value_kind::free_table) return add_free_settings(loaded, key, path);
    const auto found = settings_.find(path);
    setting chosen = found != settings_.end()
                         ? found->second
                         : setting{path_text(path), &key, default_of(key), "default"};
    key.store(loaded.values, instance, chosen.value);
    loaded.settings.push_back(std::move(chosen));
}

void settings_builder::add_free_settings(
    loaded_config& loaded,
    const config_key& key,
    const key_path& table
) {
    const auto values = free_tables_.below(table);
    const std::string instance = instance_of(table).value();
    key.store(loaded.values, instance, free_object(table, values));
    // Instances come in their order, so the plugin that was just stored to is the last one.
    loaded.values.plugin.back().config_origins = free_origins(table, values);
    for (const auto& [path, leaf] : values)
        loaded.settings.push_back({path_text(path), &key, leaf.value, leaf.origin});
    if (values.empty()) {
        loaded.settings.push_back({path_text(table), &key, default_of(key), "default"});
    }
}

}  // namespace meshhost::config
