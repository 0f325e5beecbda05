// SPDX-License-Identifier: Apache-2.0
#pragma once
// Completion scripts, made from the same tree that parses the command line.
#include <optional>
#include <string>
#include <string_view>

namespace CLI {
class App;
}  // namespace CLI

namespace meshhost::ctl {

/// nullopt when `shell` is not bash, zsh or fish.
std::optional<std::string> completion_script(const CLI::App& tree, std::string_view shell);

}  // namespace meshhost::ctl
