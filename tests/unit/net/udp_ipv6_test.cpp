// SPDX-License-Identifier: Apache-2.0
// Run by their own ctest entry, which a machine without IPv6 skips.
#include "support/skip_run.hpp"
#include "udp_fixture.hpp"

using namespace meshhost;
using net::ecn_mark;
using net::send_status;
using net::udp_socket;

namespace {

constexpr std::array<std::uint8_t, 16> loopback{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

udp_socket bind_loopback_v6(const net::udp_options& options = {}) {
    auto bound = udp_socket::bind(ip_endpoint::v6(loopback, 0), options);
    if (!bound) test::skip_run(bound.error().message.c_str());
    return std::move(bound).value();
}

}  // namespace

TEST_CASE("net: IPv6 batches keep bytes, tail and mark", "[.][net][udp][ipv6]") {
    const bool offload = GENERATE(true, false);
    const ecn_mark mark = GENERATE(ecn_mark::not_ect, ecn_mark::ect0, ecn_mark::ce);
    CAPTURE(offload, static_cast<int>(mark));
    udp_socket sender = bind_loopback_v6({.segmentation_offload = offload});
    udp_socket receiver = bind_loopback_v6({.segmentation_offload = offload});
    CHECK(receiver.local().is_loopback());

    const byte_buffer sent = test::counting_bytes(3 * 1'200 + 5);
    REQUIRE(sender.send({receiver.local(), sent, 1'200, mark}) == send_status::sent);
    test::datagram_collector arrived;
    test::receive_some(receiver, arrived, 4);
    CHECK(test::joined(arrived.datagrams) == sent);
    CHECK(arrived.datagrams[3].data.size() == 5);
    CHECK(arrived.datagrams[0].from == sender.local());
    CHECK(arrived.datagrams[3].ecn == mark);
}

TEST_CASE("net: an IPv6 socket leaves the port to IPv4", "[.][net][udp][ipv6]") {
    auto v6 = udp_socket::bind(ip_endpoint::any_v6(0));
    if (!v6) test::skip_run(v6.error().message.c_str());
    const auto v4 = udp_socket::bind(ip_endpoint::any_v4(v6.value().local().port));
    CHECK(v4.has_value());
}

TEST_CASE("net: IPv6 refusals are told as IPv4's are", "[.][net][udp][ipv6]") {
    udp_socket sender = bind_loopback_v6();
    udp_socket receiver = bind_loopback_v6();
    const ip_endpoint closed = bind_loopback_v6().local();
    const byte_buffer data = test::counting_bytes(100);
    REQUIRE(sender.send({closed, data, 100, ecn_mark::not_ect}) == send_status::sent);
    REQUIRE(sender.send({receiver.local(), data, 100, ecn_mark::not_ect}) == send_status::sent);
    test::datagram_collector arrived;
    test::receive_some(receiver, arrived, 1);
    REQUIRE(sender.has_errors());
    CHECK(sender.take_refused() == std::vector{closed});
}
