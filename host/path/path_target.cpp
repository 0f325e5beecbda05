// SPDX-License-Identifier: Apache-2.0
#include "path/path_target.hpp"

#include <algorithm>

namespace meshhost::path {

/// fd6d:6573:6802::<relay>:<first eight bytes of the peer's id>; "mesh" in the global id.
ip_endpoint address_of(const path_target& target) noexcept {
    if (const auto* const direct = direct_of(target)) return *direct;
    const relay_hop& hop = *relayed_of(target);
    std::array<std::uint8_t, 16> address{0xfd, 0x6d, 0x65, 0x73, 0x68, 0x02};
    address[6] = static_cast<std::uint8_t>(hop.relay.value >> 8);
    address[7] = static_cast<std::uint8_t>(hop.relay.value);
    std::copy_n(hop.peer.bytes().begin(), 8, address.begin() + 8);
    return ip_endpoint::v6(address, 0);
}

}  // namespace meshhost::path
