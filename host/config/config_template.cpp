// SPDX-License-Identifier: Apache-2.0
// `meshctl config init`: the table of keys as a commented file.
#include "config/config_text.hpp"
#include "config/key_lookup.hpp"

#include <boost/algorithm/string/replace.hpp>

namespace meshhost::config {
namespace {

constexpr std::string_view preamble =
    "# The configuration of a meshhost: every key with its default. To change one, remove the "
    "\"#\"\n"
    "# before it. Over this file come conf.d/*.toml beside it, then the environment\n"
    "# (MESHHOST_NET__PORT=4433), then the command line (--set net.port=4433).\n"
    "# `meshctl config check` tells what is wrong, `meshctl config show --origin` what is in "
    "force.\n";

std::string key_text(const config_key& key) {
    std::string text = "\n# " + std::string(key.doc) + "\n# Allowed: " + rule_text(key.rule) + ".";
    if (!key.required() && !key.example.empty()) text += " Example: " + std::string(key.example);
    const std::string_view value = key.required() ? key.example : key.fallback;
    return text + "\n#" + split_path(key.path).back() + " = " + std::string(value) + "\n";
}

std::string section_text(const config_section& section) {
    const bool per_instance = split_path(section.name).back() == any_instance;
    // A table that is there makes a plugin, so that of the example is commented out as well.
    std::string header = per_instance ? "#[" : "[";
    header += boost::replace_all_copy(std::string(section.name), any_instance, "compute-0");
    std::string text = "\n# " + std::string(section.doc) + "\n" + header + "]\n";
    for (const config_key& key : config_keys()) {
        if (key.path.starts_with(std::string(section.name) + ".")) text += key_text(key);
    }
    return text;
}

}  // namespace

std::string init_text() {
    std::string text(preamble);
    for (const config_section& section : config_sections())
        text += section_text(section);
    return text;
}

}  // namespace meshhost::config
