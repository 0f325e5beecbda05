// SPDX-License-Identifier: Apache-2.0
// What the network says of datagrams that did not arrive; loopback says it before send() returns.
#include "udp_fixture.hpp"

using namespace meshhost;
using net::ecn_mark;
using net::send_status;
using test::bind_loopback;
using test::datagram_collector;

namespace {

/// A port that nobody listens at any more.
ip_endpoint closed_port() {
    return bind_loopback().local();
}

}  // namespace

TEST_CASE("net: a host's refusal names the address that was sent to", "[net][udp]") {
    net::udp_socket sender = bind_loopback();
    CHECK_FALSE(sender.has_errors());
    const byte_buffer data = test::counting_bytes(100);
    const ip_endpoint one = closed_port();
    const ip_endpoint other = closed_port();
    for (const ip_endpoint& to : {one, other, one})
        REQUIRE(sender.send({to, data, data.size(), ecn_mark::not_ect}) == send_status::sent);
    datagram_collector nothing;
    CHECK(sender.receive(nothing));
    REQUIRE(sender.has_errors());
    auto refused = sender.take_refused();
    std::sort(refused.begin(), refused.end());
    auto expected = std::vector{one, other};
    std::sort(expected.begin(), expected.end());
    CHECK(refused == expected);
    CHECK_FALSE(sender.has_errors());
    CHECK(sender.take_refused().empty());
    CHECK(nothing.datagrams.empty());
}

TEST_CASE("net: a refusal costs nobody else a datagram", "[net][udp]") {
    const bool offload = GENERATE(true, false);
    CAPTURE(offload);
    net::udp_socket sender = bind_loopback({.segmentation_offload = offload});
    net::udp_socket receiver = bind_loopback();
    const byte_buffer train = test::counting_bytes(3 * 1'000);
    for (int round = 0; round < 20; ++round) {
        const std::size_t size = round % 2 == 0 ? train.size() : 1'000;
        const bytes_view data = bytes_view(train).first(size);
        REQUIRE(sender.send({closed_port(), data, 1'000, ecn_mark::ect0}) == send_status::sent);
        REQUIRE(sender.send({receiver.local(), data, 1'000, ecn_mark::ect0}) == send_status::sent);
        datagram_collector arrived;
        test::receive_some(receiver, arrived, size / 1'000);
        CHECK(test::joined(arrived.datagrams) == byte_buffer(data.begin(), data.end()));
    }
    CHECK(sender.has_errors());
    CHECK(sender.take_refused().size() == 20);
}

TEST_CASE("net: a flood of refusals is taken in turns", "[net][udp]") {
    net::udp_socket sender = bind_loopback();
    const byte_buffer data = test::counting_bytes(1);
    for (int i = 0; i < 150; ++i)
        (void)sender.send({closed_port(), data, 1, ecn_mark::not_ect});
    std::size_t turns = 0;
    while (sender.has_errors() && turns < 10) {
        CHECK(sender.take_refused().size() <= 64);
        ++turns;
    }
    CHECK(turns >= 2);
    CHECK_FALSE(sender.has_errors());
}
