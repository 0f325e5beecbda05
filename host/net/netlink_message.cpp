// SPDX-License-Identifier: Apache-2.0
#include "net/netlink_message.hpp"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <cstring>

namespace meshhost::net {

namespace {

address_news news_of(std::uint16_t type) noexcept {
    switch (type) {
    case RTM_NEWADDR:
    case RTM_NEWLINK:
        return address_news::maybe;
    case RTM_DELADDR:
    case RTM_DELLINK:
    case NLMSG_OVERRUN:
    case NLMSG_ERROR:
        return address_news::lost;
    default:
        return address_news::none;
    }
}

}  // namespace

address_news read_address_news(bytes_view notifications) noexcept {
    address_news worst = address_news::none;
    bytes_view rest = notifications;
    while (!rest.empty()) {
        nlmsghdr header;
        if (rest.size() < sizeof header) return address_news::lost;
        std::memcpy(&header, rest.data(), sizeof header);
        if (header.nlmsg_len < sizeof header || header.nlmsg_len > rest.size()) {
            return address_news::lost;
        }
        worst = std::max(worst, news_of(header.nlmsg_type));
        const std::size_t aligned = NLMSG_ALIGN(std::size_t{header.nlmsg_len});
        rest = rest.subspan(std::min(aligned, rest.size()));
    }
    return worst;
}

}  // namespace meshhost::net
