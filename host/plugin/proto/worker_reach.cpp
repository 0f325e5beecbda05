// SPDX-License-Identifier: Apache-2.0
#include "plugin/proto/worker_reach.hpp"

#include <optional>

namespace meshhost::plugin::proto {

namespace {

std::optional<std::string> path_after(std::string_view prefix, std::string_view grant) {
    if (!grant.starts_with(prefix)) return std::nullopt;
    grant.remove_prefix(prefix.size());
    if (!grant.starts_with('/')) return std::nullopt;
    return std::string(grant);
}

}  // namespace

worker_reach reach_of(const std::vector<std::string>& granted, std::string_view state_directory) {
    worker_reach reach;
    if (!state_directory.empty()) reach.writable.emplace_back(state_directory);
    for (const std::string& grant : granted) {
        if (auto path = path_after("fs:read:", grant)) reach.readable.push_back(std::move(*path));
        if (auto path = path_after("fs:write:", grant)) reach.writable.push_back(std::move(*path));
        reach.listens |= grant == "net:in";
        reach.dials |= grant == "net:out";
    }
    return reach;
}

}  // namespace meshhost::plugin::proto
