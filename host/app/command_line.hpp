// SPDX-License-Identifier: Apache-2.0
#pragma once
// The words after `meshhost` → what to start, or what to print instead. Flags that are shorthands
// for configuration become --set: there is one way for a value to arrive.
#include "base/error.hpp"
#include "config/config_files.hpp"

#include <optional>
#include <string>
#include <vector>

namespace meshhost::app {

struct start_options {
    config::config_request request;    ///< files and sets
    std::vector<std::string> plugins;  ///< as given with --plugin
    std::vector<std::string> peers;    ///< as given with --peer, unread
    bool safe_mode = false;            ///< only plugins of the host's own directory
    bool json = false;                 ///< announce on standard output in JSON
};

struct parsed_line {
    std::optional<start_options> start;
    std::string text;  ///< help or the version, when there is nothing to start
};

/// `words` without the program's name. Errors: E_USAGE (usage).
outcome<parsed_line> parse_command_line(std::vector<std::string> words);

/// Whether errors are to be JSON too, even when the line cannot be parsed.
bool asks_for_json(const std::vector<std::string>& words);

}  // namespace meshhost::app
