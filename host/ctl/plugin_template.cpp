// SPDX-License-Identifier: Apache-2.0
#include "ctl/plugin_template.hpp"

#include "base/quote.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace meshhost::ctl {

namespace {

constexpr std::size_t name_max = 32;
constexpr std::string_view rule =
    "a small letter, then up to 31 small letters, digits, - and _ ([a-z][a-z0-9_-]{0,31})";
/// Names of targets that CMake keeps for itself.
constexpr std::array<std::string_view, 9> reserved{
    "all",
    "test",
    "install",
    "clean",
    "help",
    "package",
    "edit_cache",
    "rebuild_cache",
    "depend"};

bool is_name(std::string_view name) noexcept {
    const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    return !name.empty() && name.size() <= name_max && is_letter(name.front())
           && std::all_of(name.begin(), name.end(), [&](char c) {
                  return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_';
              });
}

failure bad_name(std::string_view what, std::string_view name) {
    return {
        exit_code::usage,
        "E_PLUGIN_NAME",
        fmt::format("{} is no name for a {}: it takes {}", in_quotes(name), what, rule),
        "for example: meshctl plugin new wordcount --role compute"};
}

std::string replace_all(std::string text, std::string_view what, std::string_view by) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
    return text;
}

/// "cpp/src/NAME.cpp.in" → "src/wordcount.cpp"
std::string project_path(std::string_view path, const std::string& name) {
    path.remove_prefix(path.find('/') + 1);
    path.remove_suffix(std::string_view(".in").size());
    std::string made = replace_all(std::string(path), "NAME", name);
    return made == "gitignore" ? ".gitignore" : made;
}

}  // namespace

outcome<std::vector<project_file>> make_project(const project_request& asked) {
    const std::string role = asked.role.empty() ? asked.name : asked.role;
    if (!is_name(asked.name)) return bad_name("plugin", asked.name);
    if (std::find(reserved.begin(), reserved.end(), asked.name) != reserved.end()) {
        return failure{
            exit_code::usage,
            "E_PLUGIN_NAME",
            fmt::format("{} is the name of a target of CMake's own", in_quotes(asked.name)),
            "choose another; --role can still be what you like"};
    }
    if (!is_name(role)) return bad_name("role", role);
    std::string identifier = asked.name;
    std::replace(identifier.begin(), identifier.end(), '-', '_');

    std::vector<project_file> files;
    for (const auto* each = embedded_templates; each->path != nullptr; ++each) {
        if (!std::string_view(each->path).starts_with(asked.language + "/")) continue;
        std::string text = replace_all(each->text, "@NAME@", asked.name);
        text = replace_all(std::move(text), "@ROLE@", role);
        text = replace_all(std::move(text), "@CLASS@", identifier);
        files.push_back({project_path(each->path, asked.name), std::move(text)});
    }
    return files;
}

}  // namespace meshhost::ctl
