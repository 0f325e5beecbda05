// SPDX-License-Identifier: Apache-2.0
#pragma once
// The command line of mesh_sim.
#include "base/error.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace meshhost::sim {

enum class rules_choice : std::uint8_t { ours, upstream, both };

struct options {
    std::vector<std::filesystem::path> scenarios;  ///< files; folders were replaced by theirs
    rules_choice rules = rules_choice::ours;
    std::vector<std::uint64_t> seeds;  ///< empty: the scenarios' own
    bool runs_twice = false;
    bool json = false;
    bool trace_only = false;
    bool shows_progress = false;
    std::filesystem::path svg_folder;  ///< empty: no pictures
};

/// What the command line asks for; a failure with exit_code::ok carries what --help prints.
outcome<options> parse_options(int argc, const char* const* argv);

}  // namespace meshhost::sim
