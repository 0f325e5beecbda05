// SPDX-License-Identifier: Apache-2.0
#include "base/prng.hpp"
#include "net/netlink_message.hpp"
#include "support/catch.hpp"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <cstring>

using namespace meshhost;
using net::address_news;
using net::read_address_news;

namespace {

byte_buffer message(std::uint16_t type, std::size_t payload_bytes = 8) {
    nlmsghdr header{};
    header.nlmsg_len = static_cast<std::uint32_t>(sizeof header + payload_bytes);
    header.nlmsg_type = type;
    byte_buffer bytes(NLMSG_ALIGN(header.nlmsg_len));
    std::memcpy(bytes.data(), &header, sizeof header);
    return bytes;
}

byte_buffer operator+(byte_buffer a, const byte_buffer& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

}  // namespace

TEST_CASE("net: each notification says how much it matters", "[net][netlink]") {
    CHECK(read_address_news({}) == address_news::none);
    CHECK(read_address_news(message(RTM_NEWROUTE)) == address_news::none);
    CHECK(read_address_news(message(RTM_NEWADDR)) == address_news::maybe);
    CHECK(read_address_news(message(RTM_NEWLINK)) == address_news::maybe);
    CHECK(read_address_news(message(RTM_DELADDR)) == address_news::lost);
    CHECK(read_address_news(message(RTM_DELLINK)) == address_news::lost);
    CHECK(read_address_news(message(NLMSG_OVERRUN)) == address_news::lost);
}

TEST_CASE("net: the worst of several notifications counts", "[net][netlink]") {
    CHECK(
        read_address_news(message(RTM_NEWADDR, 5) + message(RTM_NEWROUTE)) == address_news::maybe
    );
    CHECK(
        read_address_news(message(RTM_NEWROUTE, 1) + message(RTM_DELADDR) + message(RTM_NEWADDR))
        == address_news::lost
    );
}

TEST_CASE("net: notifications that lie about their length are not believed", "[net][netlink]") {
    byte_buffer short_header = message(RTM_NEWROUTE);
    short_header.resize(sizeof(nlmsghdr) - 1);
    CHECK(read_address_news(short_header) == address_news::lost);

    byte_buffer cut = message(RTM_NEWROUTE, 64);
    cut.resize(cut.size() - 32);
    CHECK(read_address_news(cut) == address_news::lost);

    byte_buffer empty_message(sizeof(nlmsghdr));  // length 0 would never end
    CHECK(read_address_news(empty_message) == address_news::lost);
}

TEST_CASE("net: an unpadded last notification is whole", "[net][netlink]") {
    byte_buffer last = message(RTM_NEWADDR, 5);
    last.resize(sizeof(nlmsghdr) + 5);
    CHECK(read_address_news(last) == address_news::maybe);
}

TEST_CASE("net: mutated notifications are read to an end", "[net][netlink]") {
    prng random(20'261'122);
    const byte_buffer whole =
        message(RTM_NEWADDR, 40) + message(RTM_NEWLINK, 300) + message(RTM_DELADDR, 20);
    for (int i = 0; i < 20'000; ++i) {
        byte_buffer mutated = whole;
        mutated.resize(random.below(mutated.size() + 1));
        for (std::uint64_t n = random.below(4); n > 0 && !mutated.empty(); --n)
            mutated[random.below(mutated.size())] = static_cast<std::uint8_t>(random.below(256));
        const address_news news = read_address_news(mutated);
        REQUIRE(news <= address_news::lost);
    }
}
