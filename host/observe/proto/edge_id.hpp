// SPDX-License-Identifier: Apache-2.0
#pragma once
// What an edge is called: the ids of its two ends, the lower first.
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace meshhost::observe::proto {

/// "a|b".
inline std::string edge_id(const std::string& one, const std::string& other) {
    return std::min(one, other) + "|" + std::max(one, other);
}

/// The second is empty when it is no edge's.
inline std::pair<std::string_view, std::string_view> ends_of_edge(std::string_view id) {
    const auto bar = std::min(id.find('|'), id.size());
    return {id.substr(0, bar), id.substr(std::min(bar + 1, id.size()))};
}

}  // namespace meshhost::observe::proto
