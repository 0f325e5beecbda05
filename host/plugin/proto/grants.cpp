// SPDX-License-Identifier: Apache-2.0
#include "plugin/proto/grants.hpp"

#include "plugin/proto/state_quota.hpp"

#include <algorithm>

namespace meshhost::plugin::proto {

namespace {

/// Takes the next part off the front.
std::string_view cut_part(std::string_view& rest) noexcept {
    const std::size_t end = std::min(rest.find('/'), rest.size());
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
}

/// Does `grant` cover all that `asked` stands for?
bool covers(std::string_view grant, std::string_view asked) noexcept {
    if (grant.ends_with('#')) {
        const std::string_view prefix = grant.substr(0, grant.size() - 1);
        const bool has_star = prefix.find('*') != std::string_view::npos;
        if (!has_star) return asked.starts_with(prefix);
    }
    while (!grant.empty() && !asked.empty()) {
        const std::string_view granted = cut_part(grant);
        if (granted == "#") return true;
        const std::string_view part = cut_part(asked);
        const bool is_any = granted == "*" && part != "#";
        if (!is_any && granted != part) return false;
    }
    return grant.empty() && asked.empty();
}

}  // namespace

bool grants::allows(std::string_view permission) const noexcept {
    if (const auto size = state_size(permission)) return *size <= state_quota(granted_);
    return std::any_of(granted_.begin(), granted_.end(), [&](const std::string& grant) {
        return covers(grant, permission);
    });
}

}  // namespace meshhost::plugin::proto
