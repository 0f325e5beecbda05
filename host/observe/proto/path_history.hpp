// SPDX-License-Identifier: Apache-2.0
#pragma once
// How a link between two nodes was lately, from the changes that are remembered. Pure.
#include "observe/proto/change_log.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace meshhost::observe::proto {

struct path_step {
    std::chrono::milliseconds at{};  ///< since the Unix epoch: from then on
    std::string kind;                ///< "direct", "relayed", "unknown"; empty: there was no link
    std::string reason;              ///< may be empty
};

/// The first is how it was at from.oldest(); each that follows differs from the one before it.
/// Empty: nothing is remembered.
std::vector<path_step> path_history(const change_log& from, const std::string& edge);

}  // namespace meshhost::observe::proto
