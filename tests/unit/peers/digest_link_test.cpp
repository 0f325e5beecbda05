// SPDX-License-Identifier: Apache-2.0
#include "digest_samples.hpp"
#include "peers/proto/digest_link.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::peers::proto;

namespace {

struct link_fixture {
    config options;
    time_point now{1h};
    self_record self{test::sample_key(1), 1, now};
    digest_link link{link_id(1), test::sample_key(2).id(), options};

    link_fixture() {
        link.accept(now);
        link.become_ready(std::nullopt, now);
    }
    /// 0: nothing to send now; else the type of the frame.
    int next() {
        const auto frame = link.poll_frame(self, now);
        return frame ? frame->front() : 0;
    }
    void change(std::int64_t value) {
        REQUIRE_FALSE(self.set_contribution(test::sample_contribution("r", "k", value)));
    }
    void acknowledge() { link.acknowledged(self.digest().number()); }
};

}  // namespace

TEST_CASE_METHOD(
    link_fixture,
    "link: the first record goes at once, the next when it was heard",
    "[peers][links]"
) {
    CHECK(next() == 1);
    change(1);
    now += 1s;
    CHECK(next() == 0);
    link.acknowledged({1, 0});  // of an earlier one
    CHECK(next() == 0);
    acknowledge();
    CHECK(next() == 1);
    acknowledge();
    CHECK(link.is_settled(self));
    CHECK(next() == 0);
}

TEST_CASE_METHOD(link_fixture, "link: answers go before our own news", "[peers][links]") {
    link.owe_heard({1, 1});
    link.owe_record(byte_buffer{1});
    CHECK(next() == 1);
    CHECK(next() == 2);
    CHECK(next() == 1);
    CHECK(next() == 0);
}

TEST_CASE_METHOD(
    link_fixture,
    "link: nothing goes while the stream takes nothing",
    "[peers][links]"
) {
    link.set_blocked(true);
    link.owe_heard({1, 1});
    link.owe_heard({1, 2});
    CHECK(next() == 0);
    CHECK(link.next_deadline(self) == now + options.record_wait);
    link.set_blocked(false);
    const auto heard = link.poll_frame(self, now);
    REQUIRE(heard);
    CHECK(*heard == make_heard_frame({1, 2}));
    CHECK(next() == 1);
}

TEST_CASE_METHOD(link_fixture, "link: the pace is a gap, then a budget", "[peers][links]") {
    int sent = 0;
    for (int step = 0; step < 10 * 60; ++step, now += 100ms) {
        change(step);
        if (next() == 0) continue;
        ++sent;
        acknowledge();
    }
    CHECK(sent >= 60s / options.record_interval);
    CHECK(sent <= options.record_burst + 60s / options.record_interval);
    change(-1);
    const auto due = link.next_deadline(self);
    REQUIRE(due);
    link.identified(1);
    now = *link.next_deadline(self);
    CHECK(next() == 1);
}

TEST_CASE_METHOD(
    link_fixture,
    "link: silence and deafness have their deadlines",
    "[peers][links]"
) {
    CHECK(link.overdue(now + options.record_wait) == close_code::silent);
    link.identified(1);
    CHECK(link.overdue(now + options.record_wait) == close_code::unspecified);
    REQUIRE(next() == 1);
    CHECK(link.next_deadline(self) == now + options.heard_wait);
    CHECK(link.overdue(now + options.heard_wait) == close_code::unresponsive);
    acknowledge();
    CHECK(link.overdue(now + 24h) == close_code::unspecified);
    CHECK_FALSE(link.next_deadline(self));
}
