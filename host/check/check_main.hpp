// SPDX-License-Identifier: Apache-2.0
#pragma once
// The words after `meshhost` that are about a plugin's file instead of a host.
#include <string>
#include <vector>

namespace meshhost::check {

/// --check, --describe or --check-child is among them.
bool is_asked(const std::vector<std::string>& words);

/// 0 pass, 1 fail, 2 not a plugin or a wrong word.
int check_main(std::vector<std::string> words);

}  // namespace meshhost::check
