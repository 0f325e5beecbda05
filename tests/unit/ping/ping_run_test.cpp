// SPDX-License-Identifier: Apache-2.0
#include "ping/ping_run.hpp"
#include "support/catch.hpp"

#include <vector>

using namespace meshhost;
using namespace meshhost::ping;

namespace {

struct run_fixture {
    ping_options options;
    ping_run run{options};
    time_point now{1h};

    run_fixture() { run.start(now); }
};

}  // namespace

TEST_CASE_METHOD(run_fixture, "ping: one after another, an interval apart", "[ping]") {
    std::vector<duration> rtts;
    const time_point start = now;
    for (unsigned sequence = 1; sequence <= options.count; ++sequence) {
        CHECK(now == start + options.interval * (sequence - 1));
        const auto sent = run.poll_send(now);
        REQUIRE(sent);
        CHECK(*sent == make_ping(sequence, options.size));
        CHECK_FALSE(run.poll_send(now));
        now += 3ms;
        run.receive(*sent, now);
        const auto result = run.poll_result();
        REQUIRE(result);
        CHECK(result->sequence == sequence);
        CHECK(result->rtt == duration(3ms));
        if (const auto next = run.next_deadline()) now = *next;
    }
    CHECK(run.is_done());
    CHECK_FALSE(run.next_deadline());
    CHECK_FALSE(run.poll_send(now + 1h));
}

TEST_CASE_METHOD(run_fixture, "ping: a reply in pieces is one reply", "[ping]") {
    const auto sent = run.poll_send(now);
    for (const std::uint8_t& byte : *sent) {
        CHECK_FALSE(run.poll_result());
        run.receive(bytes_view(&byte, 1), now);
    }
    CHECK(run.poll_result());
    CHECK_FALSE(run.is_broken());
}

TEST_CASE_METHOD(run_fixture, "ping: a late reply is lost and not taken for the next", "[ping]") {
    const auto first = run.poll_send(now);
    CHECK(run.next_deadline() == now + options.timeout);
    now += options.timeout;
    run.handle_deadline(now);
    const auto lost = run.poll_result();
    REQUIRE(lost);
    CHECK_FALSE(lost->rtt);
    const auto second = run.poll_send(now);
    REQUIRE(second);
    run.receive(*first, now);
    CHECK_FALSE(run.poll_result());
    CHECK_FALSE(run.is_broken());
    now += 1ms;
    run.receive(*second, now);
    const auto answered = run.poll_result();
    REQUIRE(answered);
    CHECK(answered->sequence == 2);
    CHECK(answered->rtt == duration(1ms));
}

TEST_CASE_METHOD(run_fixture, "ping: a slow reply does not make the next ones hurry", "[ping]") {
    const auto sent = run.poll_send(now);
    now += 3s;
    run.receive(*sent, now);
    CHECK(run.poll_result());
    CHECK(run.next_deadline() == now);
}

TEST_CASE_METHOD(run_fixture, "ping: what was not sent is not an echo", "[ping]") {
    SECTION("other bytes") {
        run.poll_send(now);
        run.receive(byte_buffer(options.size, 1), now);
    }
    SECTION("more than was sent") {
        const auto sent = run.poll_send(now);
        run.receive(*sent, now);
        run.receive(make_ping(2, options.size), now);
    }
    CHECK(run.is_broken());
}

TEST_CASE("ping: the smallest is its number", "[ping]") {
    CHECK(to_hex(make_ping(258, 8)) == "0000000000000102");
    CHECK(to_hex(make_ping(258, 10)) == "00000000000001020a0b");
}
