// SPDX-License-Identifier: Apache-2.0
#pragma once
// TOML → scenario, strictly: a key that is not known, a value out of range or a promise about a
// metric that does not exist is a failure that names its line and column.
#include "base/error.hpp"
#include "sim/scenario.hpp"

#include <filesystem>
#include <string_view>

namespace meshhost::sim {

/// `origin` is what messages call the text: its path.
outcome<scenario> read_scenario(std::string_view text, std::string_view origin);

/// E_SCENARIO when the file cannot be read, or is not a scenario.
outcome<scenario> load_scenario(const std::filesystem::path& file);

}  // namespace meshhost::sim
