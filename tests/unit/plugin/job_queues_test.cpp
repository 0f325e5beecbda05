// SPDX-License-Identifier: Apache-2.0
#include "plugin/proto/job_queues.hpp"
#include "support/catch.hpp"

using namespace meshhost::plugin::proto;

TEST_CASE("job queues: one of each in turn", "[plugin]") {
    job_queues queues(8);
    const auto a = queues.open();
    const auto b = queues.open();
    for (std::uint64_t i = 0; i < 3; ++i)
        CHECK(queues.push(a, {i, nullptr}));
    CHECK(queues.push(b, {10, nullptr}));
    std::vector<std::uint64_t> order;
    while (const auto turn = queues.take())
        order.push_back(turn->next.tag);
    CHECK(order == std::vector<std::uint64_t>{0, 10, 1, 2});
    CHECK(queues.running(a) == 3);
}

TEST_CASE("job queues: none has all the threads", "[plugin]") {
    job_queues queues(1);
    const auto a = queues.open();
    CHECK(queues.push(a, {1, nullptr}));
    CHECK(queues.push(a, {2, nullptr}));
    CHECK(queues.take()->next.tag == 1);
    CHECK_FALSE(queues.take());
    queues.done(a);
    CHECK(queues.take()->next.tag == 2);
}

TEST_CASE("job queues: a closed lane goes when nothing of it runs", "[plugin]") {
    job_queues queues(1);
    const auto a = queues.open();
    CHECK(queues.push(a, {1, nullptr}));
    CHECK(queues.push(a, {2, nullptr}));
    CHECK(queues.take());
    const auto dropped = queues.close(a);
    REQUIRE(dropped.size() == 1);
    CHECK(dropped.front().tag == 2);
    CHECK_FALSE(queues.push(a, {3, nullptr}));
    CHECK(queues.lanes() == 1);
    queues.done(a);
    CHECK(queues.lanes() == 0);
    CHECK(queues.close(a).empty());
    queues.done(a);
    CHECK_FALSE(queues.take());
}

TEST_CASE("job queues: a paused lane takes nothing until it goes on", "[plugin]") {
    job_queues queues(1);
    const auto a = queues.open();
    CHECK(queues.push(a, {1, nullptr}));
    CHECK(queues.push(a, {2, nullptr}));
    CHECK(queues.take());
    const auto dropped = queues.pause(a);
    REQUIRE(dropped.size() == 1);
    CHECK(dropped.front().tag == 2);
    CHECK_FALSE(queues.push(a, {3, nullptr}));
    queues.done(a);
    CHECK(queues.lanes() == 1);
    queues.resume(a);
    CHECK(queues.push(a, {4, nullptr}));
    CHECK(queues.take()->next.tag == 4);
    queues.pause(a);
    queues.close(a);
    queues.resume(a);
    CHECK_FALSE(queues.push(a, {5, nullptr}));
    queues.done(a);
    CHECK(queues.lanes() == 0);
}
