// SPDX-License-Identifier: Apache-2.0
#include "config/config_loader.hpp"

#include "base/utf8.hpp"
#include "config/key_lookup.hpp"
#include "config/settings_builder.hpp"
#include "config/text_form.hpp"

#include <boost/json/value_from.hpp>

#include <algorithm>

namespace meshhost::config {
namespace {

namespace json = boost::json;

toml_item string_item(std::string_view text) {
    toml_item item;
    item.type = toml_type::string;
    item.value = text;
    return item;
}

toml_item list_item(std::string_view text) {
    toml_item item;
    item.type = toml_type::array;
    item.value = text.empty() ? json::array{} : json::array{json::value(text)};
    item.elements_at.resize(item.value.as_array().size());
    return item;
}

/// What a shell variable or an argument means: a TOML value where it is one of the key's type,
/// else the text itself, so that nobody has to quote for TOML inside quotes for a shell.
toml_item read_text(const config_key* key, std::string_view text) {
    const auto value = read_toml_value(text);
    const bool quoted = value && value->type == toml_type::string;
    switch (key == nullptr ? value_kind::free_table : key->rule.kind) {
    case value_kind::duration:
    case value_kind::text:
        return quoted ? *value : string_item(text);
    case value_kind::text_list:
        if (value && value->type == toml_type::array) return *value;
        return list_item(quoted ? std::string_view(value->value.as_string()) : text);
    case value_kind::boolean:
    case value_kind::integer:
    case value_kind::free_table:
        break;
    }
    return value ? *value : string_item(text);
}

void add_file(settings_builder& builder, const config_source& file) {
    const layer_name name{file.name, file.name, true};
    if (file.text.size() > config_file_bytes_max) {
        builder.report({file.name, file.name, false}, {}, "is larger than 1 MiB", "");
        return;
    }
    const auto items = read_toml(file.text);
    if (items) {
        builder.add_layer(name, *items);
    } else {
        builder.report(name, items.error().at, items.error().message, "");
    }
}

/// One key of one layer of its own. `name` says how it was written.
void add_text(
    settings_builder& builder,
    const layer_name& name,
    key_path path,
    std::string_view text
) {
    if (!is_utf8(text)) return builder.report(name, {}, "is not UTF-8", "");
    toml_item item = read_text(find_key(path), text);
    item.path = std::move(path);
    builder.add_layer(name, {&item, 1});
}

void add_variable(
    settings_builder& builder,
    const std::string& variable,
    const std::string& value
) {
    const layer_name name{"env " + variable, "env " + as_given(variable + "=" + value)};
    if (const config_key* key = find_environment(variable)) {
        return add_text(builder, name, split_path(key->path), value);
    }
    std::string hint;
    if (variable.starts_with("MESHHOST_PLUGIN__")) {
        hint = "keys of plugins are set in a file or with --set";
    } else if (const auto near = suggest_environment(variable)) {
        hint = "did you mean " + *near + "?";
    }
    builder.report(name, {}, "unknown variable", std::move(hint));
}

void add_environment(settings_builder& builder, environment_list variables) {
    std::sort(variables.begin(), variables.end());  // so that problems come in a stable order
    for (const auto& [variable, value] : variables) {
        if (variable.starts_with("MESHHOST_")) add_variable(builder, variable, value);
    }
}

void add_set(settings_builder& builder, std::string_view text, const std::string& layer) {
    const layer_name name{layer, layer + " " + as_given(text)};
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) {
        return builder.report(name, {}, "has no value", "write --set KEY=VALUE");
    }
    key_path path = split_path(text.substr(0, equals));
    if (path.size() > toml_depth_max || !is_utf8(text.substr(0, equals))) {
        return builder.report(name, {}, "is not a key", "write --set KEY=VALUE");
    }
    const config_key* key = find_key(path);
    if (is_table(path) || (key != nullptr && key->rule.kind == value_kind::free_table)) {
        const std::string hint = "write --set " + path_text(path) + ".KEY=VALUE";
        return builder.report(name, {}, "names a table, not a key of it", hint);
    }
    add_text(builder, name, std::move(path), text.substr(equals + 1));
}

}  // namespace

void add_peers(
    loaded_config& loaded,
    const std::vector<std::string>& peers,
    std::string_view origin
) {
    if (peers.empty()) return;
    auto& all = loaded.values.mesh.peers;
    all.insert(all.end(), peers.begin(), peers.end());
    for (setting& setting : loaded.settings) {
        if (setting.path != "mesh.peers") continue;
        setting.value = json::value_from(all);
        if (setting.origin == "default")
            setting.origin = origin;
        else
            setting.origin.append(", ").append(origin);
    }
}

config_result load_config(const config_layers& layers) {
    settings_builder builder;
    for (const std::string& text : layers.flags)
        add_set(builder, text, "a flag");
    for (const config_source& file : layers.files)
        add_file(builder, file);
    add_environment(builder, layers.environment);
    for (const std::string& text : layers.sets)
        add_set(builder, text, "--set");
    return std::move(builder).finish();
}

}  // namespace meshhost::config
