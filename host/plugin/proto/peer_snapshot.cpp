// SPDX-License-Identifier: Apache-2.0
#include "plugin/proto/peer_snapshot.hpp"

#include "base/list_text.hpp"

namespace meshhost::plugin::proto {

bool has_role(std::string_view roles, std::string_view role) noexcept {
    return is_listed(roles, role);
}

const peer_view* find_present(const peer_snapshot& snapshot, const identity::endpoint_id& id) {
    const auto found = snapshot.find(id);
    return found != snapshot.end() && is_present(found->second) ? &found->second : nullptr;
}

}  // namespace meshhost::plugin::proto
