// SPDX-License-Identifier: Apache-2.0
#pragma once
// What of its machine a role in a process of its own may touch: what its operator granted, as
// "fs:read:PATH", "fs:write:PATH", "net:in" and "net:out", and its state.
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::plugin::proto {

struct worker_reach {
    std::vector<std::string> readable;  ///< files, or directories with all below them
    std::vector<std::string> writable;  ///< the same; readable as well
    bool listens = false;               ///< on sockets
    bool dials = false;

    bool has_sockets() const noexcept { return listens || dials; }
    friend bool operator==(const worker_reach&, const worker_reach&) = default;
};

/// `state_directory` is writable unless it is empty. A path that does not begin with a slash, and
/// what is no path, grants nothing.
worker_reach reach_of(const std::vector<std::string>& granted, std::string_view state_directory);

}  // namespace meshhost::plugin::proto
