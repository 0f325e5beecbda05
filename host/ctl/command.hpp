// SPDX-License-Identifier: Apache-2.0
#pragma once
// One command of meshctl, and what it gets to work with.
#include "base/error.hpp"
#include "config/surroundings.hpp"
#include "ctl/api_client.hpp"
#include "ctl/console.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace CLI {
class App;
}  // namespace CLI

namespace meshhost::ctl {

/// The options that every command takes.
struct global_options {
    console_style style;
    std::string colour = "auto";
    std::string instance;          ///< empty: "default"
    std::filesystem::path socket;  ///< empty: the usual place of the instance
    std::string lab;               ///< the observer of this one, instead; empty: of none
    std::string via;               ///< ask this node through the local one; empty: the local one
    duration timeout = 5s;
};

/// Everything outside a command. Outlives it.
struct workplace {
    const global_options& options;
    const config::surroundings& around;
    const api_client& api;
    const CLI::App& command_tree;
    console& out;
};

/// What a command that did its work exits with.
struct verdict {
    exit_code exit = exit_code::ok;
};

class command {
public:
    virtual ~command() = default;

    /// Adds its own options and arguments; they are filled in before run().
    virtual void declare(CLI::App&) {}

    /// Whether it has its answer in this form; all have the first three.
    virtual bool can_write(output_format format) const {
        return format != output_format::csv && format != output_format::dot;
    }

    /// Does it and prints the answer. A failure is printed by the caller.
    virtual outcome<verdict> run(workplace& here) = 0;
};

/// One line of a cheat sheet.
struct example {
    const char* line;
    const char* meaning;
};

/// A row of the table that makes the parser, the help, the completions and the examples.
struct command_row {
    std::string_view path;               ///< "config check"
    const char* summary;                 ///< one line, no full stop
    std::unique_ptr<command> (*make)();  ///< nullptr: only a group of other commands
    std::span<const example> examples;
};

std::span<const command_row> command_table();

}  // namespace meshhost::ctl
