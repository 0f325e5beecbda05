// SPDX-License-Identifier: Apache-2.0
#include "relay/proto/access_policy.hpp"

namespace meshhost::relay::proto {

access_policy::access_policy(
    access_mode mode,
    std::vector<identity::endpoint_id> ids,
    const std::vector<std::string>& tokens
)
    : mode_(mode)
    , ids_(ids.begin(), ids.end()) {
    for (const auto& token : tokens)
        tokens_.insert(identity::hash_content(as_bytes(token)));
}

bool access_policy::knows(std::string_view token) const {
    return !token.empty() && tokens_.contains(identity::hash_content(as_bytes(token)));
}

bool access_policy::allows(const identity::endpoint_id& id, bool has_token) const {
    switch (mode_) {
    case access_mode::everyone:
        return true;
    case access_mode::allow_list:
        return ids_.contains(id);
    case access_mode::deny_list:
        return !ids_.contains(id);
    case access_mode::token:
        return has_token;
    }
    return false;
}

}  // namespace meshhost::relay::proto
