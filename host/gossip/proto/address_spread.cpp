// SPDX-License-Identifier: Apache-2.0
#include "gossip/proto/address_spread.hpp"

#include "gossip/proto/addr_info.hpp"

#include <algorithm>

namespace meshhost::gossip::proto {

namespace {

/// Addresses that many unrelated networks use (RFC 1918, 6598, 4193), or that are on this link.
bool is_private(const ip_endpoint& at) noexcept {
    const auto& byte = at.address;
    if (at.is_unspecified() || at.is_loopback() || at.is_link_local()) return true;
    if (!at.is_v4()) return (byte[0] & 0xfe) == 0xfc;
    if (byte[0] == 172) return (byte[1] & 0xf0) == 16;
    if (byte[0] == 100) return (byte[1] & 0xc0) == 64;
    return byte[0] == 10 || (byte[0] == 192 && byte[1] == 168);
}

address_prefix prefix(const ip_endpoint& at) noexcept {
    const std::size_t size = at.is_v4() ? 2 : 4;
    address_prefix out = at.is_v4() ? 4 : 6;
    for (std::size_t i = 0; i < size; ++i)
        out = out << 8 | at.address[i];
    return out;
}

}  // namespace

address_prefix prefix_of(bytes_view peer_data) {
    if (peer_data.empty()) return 0;
    const auto info = decode_addr_info(peer_data);
    if (!info) return 0;
    const auto found = std::find_if_not(info->direct.begin(), info->direct.end(), is_private);
    return found == info->direct.end() ? 0 : prefix(*found);
}

}  // namespace meshhost::gossip::proto
