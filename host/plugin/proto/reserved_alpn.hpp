// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which ALPNs are the host's own: no plugin listens on them, and none dials them in its name.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::plugin::proto {

inline constexpr std::string_view host_alpn_prefix = "mesh/";

/// `others`: those of the host that do not begin so.
inline bool is_reserved_alpn(std::string_view alpn, const std::vector<std::string>& others) {
    return alpn.starts_with(host_alpn_prefix)
           || std::find(others.begin(), others.end(), alpn) != others.end();
}

}  // namespace meshhost::plugin::proto
