// SPDX-License-Identifier: Apache-2.0
#include "discovery/multicast_interfaces.hpp"

#include "net/socket_address.hpp"

#include <net/if.h>

#include <algorithm>
#include <ifaddrs.h>
#include <memory>

namespace meshhost::discovery {

namespace {

void add(std::vector<multicast_interface>& to, unsigned index, const ip_endpoint& address) {
    const bool is_new =
        std::none_of(to.begin(), to.end(), [&](const auto& one) { return one.index == index; });
    if (is_new && to.size() < multicast_interfaces_max) to.push_back({index, address});
}

}  // namespace

bool multicast_interfaces::has(const ip_endpoint& address) const noexcept {
    return std::any_of(own.begin(), own.end(), [&](const ip_endpoint& one) {
        return one.family == address.family && one.address == address.address;
    });
}

multicast_interfaces list_multicast_interfaces() {
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0) return {};
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owned(list, &::freeifaddrs);

    multicast_interfaces found;
    multicast_interfaces loopback;
    for (const ifaddrs* at = list; at != nullptr; at = at->ifa_next) {
        if ((at->ifa_flags & IFF_UP) == 0) continue;
        const auto address = net::to_endpoint(at->ifa_addr);
        if (!address) continue;
        found.own.push_back(*address);
        const unsigned index = ::if_nametoindex(at->ifa_name);
        if (index == 0) continue;  // gone since
        const bool is_loopback = (at->ifa_flags & IFF_LOOPBACK) != 0;
        if (!is_loopback && (at->ifa_flags & IFF_MULTICAST) == 0) continue;
        auto& into = is_loopback ? loopback : found;
        add(address->is_v4() ? into.v4 : into.v6, index, *address);
    }
    if (found.v4.empty()) found.v4 = loopback.v4;
    if (found.v6.empty()) found.v6 = loopback.v6;
    return found;
}

}  // namespace meshhost::discovery
