// SPDX-License-Identifier: Apache-2.0
#pragma once
// Words on a command line → a command with its options filled in.
#include "ctl/command.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace meshhost::ctl {

class command_line {
public:
    command_line();
    command_line(const command_line&) = delete;
    command_line& operator=(const command_line&) = delete;
    ~command_line();

    /// `words` without the program's name. Call once. nullptr when all that was asked for is
    /// text(): help or the version. Errors: E_USAGE (usage), with "did you mean".
    outcome<command*> parse(std::vector<std::string> words);

    const std::string& text() const noexcept { return text_; }
    const global_options& options() const noexcept { return options_; }
    const CLI::App& tree() const noexcept { return *app_; }

private:
    void add_global_options();
    void add_commands();
    outcome<command*> chosen();

    std::unique_ptr<CLI::App> app_;
    std::map<const CLI::App*, std::unique_ptr<command>> commands_;
    global_options options_;
    std::string text_;
};

/// Whether errors are to be JSON too, even when the line cannot be parsed.
output_format format_asked_for(const std::vector<std::string>& words);

}  // namespace meshhost::ctl
