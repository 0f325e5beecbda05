// SPDX-License-Identifier: Apache-2.0
#include "udp_fixture.hpp"

#include <sys/socket.h>

using namespace meshhost;
using net::ecn_mark;
using net::send_status;
using test::bind_loopback;
using test::datagram_collector;
using test::receive_some;

namespace {

send_status send_bytes(
    net::udp_socket& from,
    const net::udp_socket& to,
    bytes_view data,
    std::size_t segment_size,
    ecn_mark ecn = ecn_mark::not_ect
) {
    return from.send({to.local(), data, segment_size, ecn});
}

}  // namespace

TEST_CASE("net: a batch arrives as the datagrams it was cut into, tail included", "[net][udp]") {
    const bool sender_offloads = GENERATE(true, false);
    const bool receiver_offloads = GENERATE(true, false);
    CAPTURE(sender_offloads, receiver_offloads);
    net::udp_socket sender = bind_loopback({.segmentation_offload = sender_offloads});
    net::udp_socket receiver = bind_loopback({.segmentation_offload = receiver_offloads});

    const byte_buffer sent = test::counting_bytes(5 * 1'200 + 700);
    REQUIRE(send_bytes(sender, receiver, sent, 1'200) == send_status::sent);

    datagram_collector arrived;
    receive_some(receiver, arrived, 6);
    REQUIRE(arrived.datagrams.size() == 6);
    for (std::size_t i = 0; i < 5; ++i)
        CHECK(arrived.datagrams[i].data.size() == 1'200);
    CHECK(arrived.datagrams[5].data.size() == 700);
    CHECK(arrived.datagrams[0].from == sender.local());
    CHECK(test::joined(arrived.datagrams) == sent);
}

TEST_CASE("net: the largest batch goes both ways", "[net][udp]") {
    net::udp_socket a = bind_loopback();
    net::udp_socket b = bind_loopback();
    const byte_buffer sent = test::counting_bytes(65'507 / 64 * 64);
    for (int round = 0; round < 3; ++round) {
        datagram_collector at_b;
        REQUIRE(send_bytes(a, b, sent, sent.size() / 64) == send_status::sent);
        receive_some(b, at_b, 64);
        CHECK(test::joined(at_b.datagrams) == sent);

        datagram_collector at_a;
        REQUIRE(send_bytes(b, a, sent, sent.size() / 64) == send_status::sent);
        receive_some(a, at_a, 64);
        CHECK(test::joined(at_a.datagrams) == sent);
    }
}

TEST_CASE("net: where the kernel offloads, a batch is one system call's worth", "[net][udp]") {
    net::udp_socket sender = bind_loopback();
    net::udp_socket receiver = bind_loopback();
    if (!sender.offloads_segmentation()) return;
    const byte_buffer sent = test::counting_bytes(40 * 1'200);
    REQUIRE(send_bytes(sender, receiver, sent, 1'200) == send_status::sent);
    datagram_collector arrived;
    receive_some(receiver, arrived, 40);
    CHECK(arrived.largest_batch == sent.size());
}

TEST_CASE("net: offload that is not asked for is not used", "[net][udp]") {
    CHECK_FALSE(bind_loopback({.segmentation_offload = false}).offloads_segmentation());
}

TEST_CASE("net: a device that refuses segmentation is served one by one ever after", "[net][udp]") {
    net::udp_socket sender = bind_loopback();
    net::udp_socket receiver = bind_loopback();
    if (!sender.offloads_segmentation()) return;
    // Without checksums to finish, the kernel cannot segment either: the nearest thing to such a
    // device that a loopback has.
    const int on = 1;
    REQUIRE(::setsockopt(sender.native_handle(), SOL_SOCKET, SO_NO_CHECK, &on, sizeof on) == 0);

    const byte_buffer sent = test::counting_bytes(10 * 1'000 + 1);
    REQUIRE(send_bytes(sender, receiver, sent, 1'000) == send_status::sent);
    datagram_collector arrived;
    receive_some(receiver, arrived, 11);
    CHECK(test::joined(arrived.datagrams) == sent);
    CHECK_FALSE(sender.offloads_segmentation());
}

TEST_CASE("net: ECN marks arrive as they were sent", "[net][udp]") {
    const ecn_mark mark = GENERATE(ecn_mark::not_ect, ecn_mark::ect0, ecn_mark::ect1, ecn_mark::ce);
    const std::size_t size = GENERATE(as<std::size_t>{}, 100, 3'600);
    net::udp_socket sender = bind_loopback();
    net::udp_socket receiver = bind_loopback();
    const byte_buffer sent = test::counting_bytes(size);
    REQUIRE(send_bytes(sender, receiver, sent, 1'200, mark) == send_status::sent);
    datagram_collector arrived;
    receive_some(receiver, arrived, (size + 1'199) / 1'200);
    for (const auto& each : arrived.datagrams)
        CHECK(each.ecn == mark);
}

TEST_CASE("net: a datagram longer than any path of ours is dropped whole", "[net][udp]") {
    net::udp_socket sender = bind_loopback();
    net::udp_socket receiver = bind_loopback({.segmentation_offload = false});
    const byte_buffer too_long = test::counting_bytes(2'049);
    const byte_buffer longest = test::counting_bytes(2'048);
    REQUIRE(send_bytes(sender, receiver, too_long, too_long.size()) == send_status::sent);
    REQUIRE(send_bytes(sender, receiver, longest, longest.size()) == send_status::sent);
    datagram_collector arrived;
    receive_some(receiver, arrived, 1);
    REQUIRE(arrived.datagrams.size() == 1);
    CHECK(arrived.datagrams[0].data == longest);
}

TEST_CASE("net: an empty datagram is no datagram", "[net][udp]") {
    net::udp_socket sender = bind_loopback();
    net::udp_socket receiver = bind_loopback();
    REQUIRE(send_bytes(sender, receiver, {}, 1'200) == send_status::sent);
    const byte_buffer one = test::counting_bytes(1);
    REQUIRE(send_bytes(sender, receiver, one, 1'200) == send_status::sent);
    datagram_collector arrived;
    receive_some(receiver, arrived, 1);
    CHECK(test::joined(arrived.datagrams) == one);
}

TEST_CASE("net: receive stops after its rounds and says that more may wait", "[net][udp]") {
    net::udp_socket sender = bind_loopback();
    net::udp_socket receiver = bind_loopback({.segmentation_offload = false});
    const byte_buffer one = test::counting_bytes(100);
    for (int i = 0; i < 100; ++i)
        REQUIRE(send_bytes(sender, receiver, one, one.size()) == send_status::sent);

    datagram_collector arrived;
    CHECK_FALSE(receiver.receive(arrived, 1));
    const std::size_t first_round = arrived.datagrams.size();
    CHECK(first_round < 100);
    CHECK_FALSE(receiver.receive(arrived, 2));
    CHECK(arrived.datagrams.size() == 3 * first_round);
    CHECK(receiver.receive(arrived));
    CHECK(arrived.datagrams.size() == 100);
    CHECK(receiver.receive(arrived));
    CHECK(arrived.datagrams.size() == 100);
}

TEST_CASE("net: what cannot reach its receiver counts as lost", "[net][udp]") {
    net::udp_socket sender = bind_loopback();
    const byte_buffer one = test::counting_bytes(100);
    const auto status_to = [&](const ip_endpoint& to) {
        return sender.send({to, one, one.size(), ecn_mark::not_ect});
    };
    CHECK(status_to(ip_endpoint::v6({}, 4'433)) == send_status::dropped);
    CHECK(status_to(ip_endpoint::v4({255, 255, 255, 255}, 4'433)) == send_status::dropped);
    CHECK(status_to(ip_endpoint::loopback_v4(0)) == send_status::dropped);
}

TEST_CASE("net: a moved socket keeps its port and its queue", "[net][udp]") {
    net::udp_socket sender = bind_loopback();
    net::udp_socket receiver = bind_loopback();
    const ip_endpoint where = receiver.local();
    const byte_buffer one = test::counting_bytes(10);
    REQUIRE(send_bytes(sender, receiver, one, one.size()) == send_status::sent);
    net::udp_socket moved = std::move(receiver);
    CHECK(moved.local() == where);
    datagram_collector arrived;
    receive_some(moved, arrived, 1);
    CHECK(test::joined(arrived.datagrams) == one);
}

TEST_CASE("net: a wildcard socket says where it was asked, and answers from there", "[net][udp]") {
    auto wildcard = net::udp_socket::bind(ip_endpoint::any_v4(0)).value();
    auto asker = test::bind_loopback();
    const ip_endpoint asked = ip_endpoint::v4({127, 0, 0, 2}, wildcard.local().port);
    const byte_buffer bytes = test::counting_bytes(3'000);
    const auto ect0 = net::ecn_mark::ect0;
    REQUIRE(asker.send({asked, bytes, 1'000, ect0}) == net::send_status::sent);
    test::datagram_collector question;
    test::receive_some(wildcard, question, 3);
    for (const auto& each : question.datagrams)
        CHECK(each.to.address == asked.address);

    const ip_endpoint nobodys = ip_endpoint::v4({192, 0, 2, 1}, 0);
    REQUIRE(wildcard.send({asker.local(), bytes, 1'000, ect0, &asked}) == net::send_status::sent);
    REQUIRE(wildcard.send({asker.local(), bytes, 3'000, ect0, &nobodys}) == net::send_status::sent);
    test::datagram_collector answer;
    test::receive_some(asker, answer, 4);
    for (std::size_t i = 0; i < 3; ++i)
        CHECK(answer.datagrams[i].from == asked);
    CHECK(answer.datagrams[3].from != asked);  // the kernel's choice
    CHECK(answer.datagrams[3].data == bytes);
}
