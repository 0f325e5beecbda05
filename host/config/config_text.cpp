// SPDX-License-Identifier: Apache-2.0
#include "config/config_text.hpp"

#include "config/config_key.hpp"
#include "config/key_lookup.hpp"

#include <boost/json/serialize.hpp>
#include <spdlog/fmt/fmt.h>

#include <algorithm>

namespace meshhost::config {
namespace {

std::string_view severity_text(severity severity) {
    return severity == severity::error ? "error" : "warning";
}

std::string_view reload_text(reload_kind reload) {
    return reload == reload_kind::live ? "live" : "restart";
}

std::string count_text(std::size_t count, std::string_view noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

/// The setting itself, or one in the table that the prefix names.
bool is_shown(const setting& setting, std::string_view prefix) {
    if (prefix.empty() || setting.path == prefix) return true;
    return setting.path.starts_with(prefix) && setting.path[prefix.size()] == '.';
}

std::vector<const setting*> shown_settings(const loaded_config& loaded, std::string_view prefix) {
    std::vector<const setting*> shown;
    for (const setting& setting : loaded.settings) {
        if (is_shown(setting, prefix)) shown.push_back(&setting);
    }
    return shown;
}

}  // namespace

std::string problem_line(const config_problem& problem) {
    const std::string_view separator = problem.hint.empty() ? "" : "; ";
    return fmt::format(
        "{}  {}  {}{}{}",
        problem.where,
        severity_text(problem.severity),
        problem.message,
        separator,
        problem.hint
    );
}

std::string problems_text(std::span<const config_problem> problems) {
    std::string text;
    for (const config_problem& problem : problems)
        text += problem_line(problem) + "\n";
    const auto errors = static_cast<std::size_t>(std::count_if(
        problems.begin(),
        problems.end(),
        [](const config_problem& problem) { return problem.severity == severity::error; }
    ));
    const std::size_t warnings = problems.size() - errors;
    return text + count_text(errors, "error") + ", " + count_text(warnings, "warning") + "\n";
}

boost::json::array problems_json(std::span<const config_problem> problems) {
    boost::json::array list;
    for (const config_problem& problem : problems) {
        boost::json::object entry{
            {"where", problem.where},
            {"severity", severity_text(problem.severity)},
            {"message", problem.message}};
        if (!problem.hint.empty()) entry["hint"] = problem.hint;
        list.push_back(std::move(entry));
    }
    return list;
}

std::string settings_text(const loaded_config& loaded, const show_options& options) {
    const auto shown = shown_settings(loaded, options.prefix);
    if (shown.empty()) return fmt::format("no key begins with `{}`\n", options.prefix);
    std::size_t path_width = 0;
    std::size_t value_width = 0;
    std::size_t origin_width = 0;
    for (const setting* setting : shown) {
        path_width = std::max(path_width, setting->path.size());
        value_width = std::max(value_width, boost::json::serialize(setting->value).size());
        origin_width = std::max(origin_width, setting->origin.size());
    }
    std::string text;
    for (const setting* setting : shown) {
        const std::string value = boost::json::serialize(setting->value);
        text += fmt::format("{:<{}} = ", setting->path, path_width);
        if (!options.origin) {
            text += value + "\n";
            continue;
        }
        text += fmt::format("{:<{}}  {:<{}}", value, value_width, setting->origin, origin_width);
        text += fmt::format("  {}\n", reload_text(setting->key->reload));
    }
    return text;
}

boost::json::object settings_json(const loaded_config& loaded, const show_options& options) {
    boost::json::object all;
    for (const setting* setting : shown_settings(loaded, options.prefix)) {
        all[setting->path] = boost::json::object{
            {"value", setting->value},
            {"origin", setting->origin},
            {"reload", reload_text(setting->key->reload)}};
    }
    return all;
}

}  // namespace meshhost::config
