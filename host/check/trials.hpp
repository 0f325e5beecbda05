// SPDX-License-Identifier: Apache-2.0
#pragma once
// The child's side: one trial of one role, in a process that nobody misses.
#include <cstdint>
#include <string>
#include <vector>

namespace meshhost::check {

/// What main() calls for the words "--check-child <trial> <path> <role> <seed>".
int child_main(const std::vector<std::string>& words);

}  // namespace meshhost::check
