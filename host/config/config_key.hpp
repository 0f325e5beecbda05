// SPDX-License-Identifier: Apache-2.0
#pragma once
// The one table of keys. Loading, checking, names in the environment, --set, `config show`, the
// JSON Schema, the commented file and the suggestions all read it: to add a key, add a row (and a
// field in host_config.hpp, and a line in docs/configuration.md).
#include "config/host_config.hpp"
#include "config/value_rule.hpp"

#include <boost/json/value.hpp>

#include <span>
#include <string_view>

namespace meshhost::config {

enum class reload_kind {
    live,     ///< takes effect on SIGHUP
    restart,  ///< takes effect at the next start
};

struct config_key {
    std::string_view path;  ///< "net.port"; "plugin.*.path" for every instance
    value_rule rule;
    std::string_view fallback = {};  ///< its default as a TOML literal; empty: the key is required
    std::string_view example = {};   ///< a TOML literal for the commented file; may be empty
    reload_kind reload = reload_kind::restart;
    std::string_view doc;  ///< sentences for people, one line
    /// Puts a checked value where it belongs; `instance` is what stands for the "*".
    void (*store)(host_config&, std::string_view instance, const boost::json::value& value);

    bool required() const noexcept { return fallback.empty(); }
};

/// A table of the file, in the order in which people should meet them.
struct config_section {
    std::string_view name;  ///< "net", "plugin.*"
    std::string_view doc;
};

std::span<const config_section> config_sections();
std::span<const config_key> config_keys();  ///< in the order of their sections

}  // namespace meshhost::config
