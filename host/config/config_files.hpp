// SPDX-License-Identifier: Apache-2.0
#pragma once
// The configuration of this process, from its files, its environment and its command line.
#include "config/config_loader.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace meshhost::config {

struct config_request {
    /// As given with --config, lowest first. Empty: default_config_file(), if it is there.
    std::vector<std::filesystem::path> files;
    std::vector<std::string> sets;   ///< as given with --set
    std::vector<std::string> flags;  ///< what flags mean where nothing else is said
};

/// Where a host looks when no file is named.
std::filesystem::path default_config_file();

/// Everything a host or meshctl needs: reads the files and the *.toml files of conf.d beside them
/// (by name, after all the files), loads, fills in empty paths and the node's name, and checks.
/// A file that is named but not there is an error. Changes nothing on disk.
config_result read_config(const config_request& request, const surroundings& around);

}  // namespace meshhost::config
