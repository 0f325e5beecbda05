// SPDX-License-Identifier: Apache-2.0
// What a send says when the network below it changes.
#include "support/own_network.hpp"
#include "udp_fixture.hpp"

using namespace meshhost;
using net::ecn_mark;
using net::send_status;
using net::udp_socket;

namespace {

const ip_endpoint second = ip_endpoint::v4({10, 9, 8, 7}, 0);

send_status send_to(
    udp_socket& from,
    const ip_endpoint& to,
    std::size_t size,
    std::size_t segment
) {
    const byte_buffer bytes = test::counting_bytes(size);
    return from.send({to, bytes, segment, ecn_mark::ect0});
}

udp_socket bind_at(const ip_endpoint& where) {
    auto bound = udp_socket::bind(where);
    REQUIRE(bound.has_value());
    return std::move(bound).value();
}

}  // namespace

TEST_CASE("net: a datagram above the MTU is lost, not fragmented", "[net][udp]") {
    udp_socket sender = test::bind_loopback();
    const bool offloads = sender.offloads_segmentation();
    test::set_mtu(1'500);
    CHECK(send_to(sender, sender.local(), 1'472, 1'472) == send_status::sent);
    CHECK(send_to(sender, sender.local(), 1'473, 1'473) == send_status::dropped);
    CHECK(send_to(sender, sender.local(), 4 * 1'473, 1'473) == send_status::dropped);
    CHECK(sender.offloads_segmentation() == offloads);  // its length was at fault
    CHECK(send_to(sender, sender.local(), 4 * 1'472, 1'472) == send_status::sent);
    test::set_mtu(65'536);
}

TEST_CASE("net: no route is a loss, a lost own address is a broken socket", "[net][udp]") {
    const ip_endpoint unreachable = ip_endpoint::v4({192, 0, 2, 1}, 4'433);
    test::add_address(second);
    udp_socket bound = bind_at(second);
    udp_socket wildcard = bind_at(ip_endpoint::any_v4(0));
    CHECK(send_to(bound, unreachable, 100, 100) == send_status::dropped);
    CHECK(send_to(wildcard, unreachable, 100, 100) == send_status::dropped);

    test::remove_added_address();
    CHECK(send_to(bound, unreachable, 100, 100) == send_status::broken);
    CHECK(send_to(bound, ip_endpoint::loopback_v4(4'433), 3'000, 1'000) == send_status::broken);
    CHECK(send_to(wildcard, unreachable, 100, 100) == send_status::dropped);
}
