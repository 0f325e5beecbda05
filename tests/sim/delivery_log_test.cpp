// SPDX-License-Identifier: Apache-2.0
#include "sim/delivery_log.hpp"
#include "support/catch.hpp"

namespace meshhost::sim {
namespace {

const auto everybody = [](node_index, time_point) { return true; };

TEST_CASE("delivery_log: the sender is no receiver of its own message", "[sim]") {
    delivery_log log(3);
    const message_number number = log.sent(0, 0, 1, time_point(1s));
    for (int copy = 0; copy < 3; ++copy)
        log.payload(number);
    CHECK(log.delivered(number, 0, 1, time_point(1100ms)));
    CHECK(log.delivered(number, 2, 2, time_point(1250ms)));
    log.judge(number, everybody);

    REQUIRE(log.outcomes().size() == 1);
    const message_outcome& outcome = log.outcomes()[0];
    CHECK(outcome.receivers == 2);
    CHECK(outcome.delivered == 2);
    CHECK(outcome.payloads == 3);
    CHECK(outcome.last_hop == 2);
    CHECK(outcome.last_after == 250ms);
}

TEST_CASE("delivery_log: a second delivery is told from a first one", "[sim]") {
    delivery_log log(2);
    const message_number number = log.sent(0, 0, 0, time_point{});
    CHECK(log.delivered(number, 1, 1, time_point{}));
    CHECK_FALSE(log.delivered(number, 1, 1, time_point{}));
    log.forget(1);
    CHECK(log.delivered(number, 1, 1, time_point{}));
}

TEST_CASE("delivery_log: only those who were there the whole time can miss a message", "[sim]") {
    delivery_log log(4);
    const message_number number = log.sent(0, 0, 0, time_point{});
    log.delivered(number, 1, 1, time_point{});
    log.judge(number, [](node_index node, time_point) { return node != 3; });
    CHECK(log.outcomes()[0].receivers == 2);
    CHECK(log.outcomes()[0].delivered == 1);
}

TEST_CASE("delivery_log: messages are judged in any order", "[sim]") {
    delivery_log log(2);
    const message_number first = log.sent(0, 0, 0, time_point{});
    const message_number second = log.sent(0, 1, 0, time_point{});
    log.judge(second, everybody);
    CHECK(log.delivered(first, 1, 1, time_point{}));
    log.judge(first, everybody);
    CHECK(log.outcomes().size() == 2);
    CHECK(log.outcomes()[1].delivered == 1);
    CHECK(log.delivered(second, 1, 1, time_point{}));  // late, and not held against anybody
}

TEST_CASE("delivery_log: a content carries its number", "[sim]") {
    CHECK(number_in(content_of(0x0102030405060708, 64)) == 0x0102030405060708);
    CHECK(content_of(1, 64).size() == 64);
    CHECK_FALSE(number_in(byte_buffer(7)));
}

}  // namespace
}  // namespace meshhost::sim
