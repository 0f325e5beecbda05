// SPDX-License-Identifier: Apache-2.0
#pragma once
// The interfaces that a message to everybody on the network goes out by.
#include "base/ip_endpoint.hpp"

#include <vector>

namespace meshhost::discovery {

/// More are not used: laptops with containers and VPNs have a dozen (a guess).
inline constexpr std::size_t multicast_interfaces_max = 32;

struct multicast_interface {
    unsigned index = 0;
    ip_endpoint address;  ///< one of its own, port 0: what is sent comes from there

    friend bool operator==(const multicast_interface&, const multicast_interface&) = default;
};

struct multicast_interfaces {
    std::vector<multicast_interface> v4;
    std::vector<multicast_interface> v6;
    std::vector<ip_endpoint> own;  ///< every address of this machine, port 0

    bool has(const ip_endpoint& address) const noexcept;
    friend bool operator==(const multicast_interfaces&, const multicast_interfaces&) = default;
};

/// Those that are up, do multicast and have an address of the family. Where a family has no other,
/// the loopback interface: hosts on a machine without a network find each other all the same.
multicast_interfaces list_multicast_interfaces();

}  // namespace meshhost::discovery
