// SPDX-License-Identifier: Apache-2.0
#include "app/reload.hpp"

#include "config/config_key.hpp"

#include <map>
#include <utility>

namespace meshhost::app {

namespace {

constexpr std::string_view plugin_config = "plugin.*.config";

using known_settings = std::map<std::string, const config::setting*>;

known_settings by_path(const config::loaded_config& loaded) {
    known_settings all;
    for (const auto& each : loaded.settings)
        if (each.key == nullptr || each.key->path != plugin_config) all.emplace(each.path, &each);
    return all;
}

}  // namespace

changed_settings compare_settings(
    const config::loaded_config& before,
    const config::loaded_config& after
) {
    const auto old_settings = by_path(before);
    const auto new_settings = by_path(after);
    changed_settings changed;
    const auto note = [&](const config::setting& each) {
        const bool is_live = each.key != nullptr && each.key->reload == config::reload_kind::live;
        (is_live ? changed.live : changed.restart).push_back(each.path);
    };
    for (const auto& [path, setting] : new_settings) {
        const auto found = old_settings.find(path);
        if (found == old_settings.end() || found->second->value != setting->value) note(*setting);
    }
    for (const auto& [path, setting] : old_settings)
        if (!new_settings.contains(path)) note(*setting);
    return changed;
}

}  // namespace meshhost::app
