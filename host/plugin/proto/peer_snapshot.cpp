// SPDX-License-Identifier: Apache-2.0
#include "plugin/proto/peer_snapshot.hpp"

namespace meshhost::plugin::proto {

bool has_role(std::string_view roles, std::string_view role) noexcept {
    while (!roles.empty()) {
        const auto comma = roles.find(',');
        if (roles.substr(0, comma) == role) return true;
        roles.remove_prefix(comma == std::string_view::npos ? roles.size() : comma + 1);
    }
    return false;
}

const peer_view* find_present(const peer_snapshot& snapshot, const identity::endpoint_id& id) {
    const auto found = snapshot.find(id);
    return found != snapshot.end() && is_present(found->second) ? &found->second : nullptr;
}

}  // namespace meshhost::plugin::proto
