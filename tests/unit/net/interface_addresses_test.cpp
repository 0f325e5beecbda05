// SPDX-License-Identifier: Apache-2.0
#include "net/interface_monitor.hpp"
#include "support/catch.hpp"

#include <algorithm>

using namespace meshhost;

TEST_CASE("net: interface addresses are usable, distinct, loopback last", "[net][interfaces]") {
    const std::vector<ip_endpoint> addresses = net::interface_addresses();
    CHECK(addresses.size() <= net::interface_addresses_max);
    for (const ip_endpoint& each : addresses) {
        CHECK(each.port == 0);
        CHECK_FALSE(each.is_link_local());
        CHECK_FALSE(each.is_unspecified());
        CHECK(std::count(addresses.begin(), addresses.end(), each) == 1);
    }
    CHECK(std::is_partitioned(addresses.begin(), addresses.end(), [](const ip_endpoint& each) {
        return !each.is_loopback();
    }));
}
