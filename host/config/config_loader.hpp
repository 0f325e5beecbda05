// SPDX-License-Identifier: Apache-2.0
#pragma once
// Texts → one checked host_config. Layers, each over the one before: defaults, files in the order
// given, the environment (MESHHOST_SECTION__KEY), --set section.key=value. Strict: what is not
// known is an error, every problem is reported, and a configuration with an error is not applied
// in part. Pure: reads no file and no environment of its own (config_files.hpp does).
#include "config/config_problem.hpp"
#include "config/host_config.hpp"
#include "config/surroundings.hpp"

#include <boost/json/value.hpp>

#include <span>
#include <string>
#include <vector>

namespace meshhost::config {

struct config_key;

/// One TOML text and the name to report it by.
struct config_source {
    std::string name;  ///< "/etc/meshhost/meshhost.toml"
    std::string text;
};

/// One key's value in force.
struct setting {
    std::string path;                 ///< "net.port", "plugin.compute-0.path"
    const config_key* key = nullptr;  ///< its row in the table of keys
    boost::json::value value;         ///< durations as written: "30s"
    std::string origin;  ///< "/etc/…:3:1", "env MESHHOST_NET__PORT", "--set", "default"
};

struct loaded_config {
    host_config values;
    std::vector<setting> settings;  ///< the same values with their origins, in the table's order
    config_problems warnings;
};

using config_result = boost::system::result<loaded_config, config_failure>;

/// What the three layers above the defaults are made of.
struct config_layers {
    std::vector<config_source> files;  ///< lowest first
    environment_list environment;      ///< variables not named MESHHOST_* are ignored
    std::vector<std::string> sets;     ///< "net.port=4433"; a later one wins
    std::vector<std::string> flags;    ///< the same, below the files: what a flag means by itself
};

/// Appends to `mesh.peers` what identity::parse_peer() has read, and says so in its origin.
void add_peers(
    loaded_config& loaded,
    const std::vector<std::string>& peers,
    std::string_view origin
);

/// Limits on what is read, so that a wrong file costs little.
inline constexpr std::size_t config_file_bytes_max = std::size_t{1} << 20;
inline constexpr std::size_t config_problems_max = 100;  ///< further ones are counted, not listed
inline constexpr std::size_t plugin_instances_max = 64;

/// Merges the layers and checks types and rules. Does not look at how values fit together
/// (config_check.hpp) and leaves empty paths empty (paths.hpp).
config_result load_config(const config_layers& layers);

}  // namespace meshhost::config
