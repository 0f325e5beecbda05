// SPDX-License-Identifier: Apache-2.0
#pragma once
// The words after `meshrelay` → what to do.
#include "base/error.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace meshhost::relayd {

struct relay_line {
    std::filesystem::path config;  ///< empty: the usual one
    std::string listen;            ///< over the file's; empty: as it says
    std::string stun;              ///< the same of STUN
    bool is_check = false;         ///< say what is wrong, and start nothing
    bool json = false;             ///< announce, and report errors, in JSON
    std::string text;              ///< help or the version: print that and nothing else
};

/// `words` without the program's name. Errors: E_USAGE (usage).
outcome<relay_line> parse_relay_line(std::vector<std::string> words);

}  // namespace meshhost::relayd
