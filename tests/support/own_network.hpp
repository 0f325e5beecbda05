// SPDX-License-Identifier: Apache-2.0
#pragma once
// A network namespace of this test program's own, with a loopback device that it may reconfigure.
#include "base/ip_endpoint.hpp"

namespace meshhost::test {

/// Enters the namespace before main(), or skips the whole run where that is not permitted. Every
/// test of the program shares it.
class own_network {
public:
    own_network();
};

/// Give the loopback device a second IPv4 address, and take it away again.
void add_address(const ip_endpoint& address);
void remove_added_address();

/// The loopback device's MTU.
void set_mtu(int bytes);

}  // namespace meshhost::test
