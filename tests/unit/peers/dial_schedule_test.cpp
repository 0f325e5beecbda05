// SPDX-License-Identifier: Apache-2.0
#include "digest_samples.hpp"
#include "peers/proto/dial_schedule.hpp"
#include "support/catch.hpp"

#include <vector>

using namespace meshhost;
using namespace meshhost::peers::proto;

namespace {

identity::endpoint_id id_of(std::uint8_t seed) {
    return test::sample_key(seed).id();
}

struct schedule_fixture {
    config options;
    dial_schedule schedule{id_of(200), options, prng(7)};
    time_point now{1h};

    std::optional<identity::endpoint_id> take() {
        const auto taken = schedule.take_due(now);
        schedule.check_invariants();
        return taken;
    }
    void want(std::uint8_t seed, dial_priority priority = dial_priority::named) {
        schedule.want(id_of(seed), priority, now);
    }
};

}  // namespace

TEST_CASE_METHOD(schedule_fixture, "dials: a new peer is due at once, once", "[peers][dial]") {
    want(1);
    CHECK(schedule.next_deadline() == now);
    CHECK(take() == id_of(1));
    CHECK_FALSE(take());
    CHECK_FALSE(schedule.next_deadline());
    want(1);
    CHECK_FALSE(take());
}

TEST_CASE_METHOD(schedule_fixture, "dials: nobody dials itself", "[peers][dial]") {
    want(200);
    CHECK(schedule.size() == 0);
    CHECK_FALSE(take());
}

TEST_CASE_METHOD(
    schedule_fixture,
    "dials: waits double up to the cap, with jitter",
    "[peers][dial]"
) {
    want(1);
    duration bound = options.redial_first;
    for (int attempt = 0; attempt < 20; ++attempt) {
        REQUIRE(take() == id_of(1));
        schedule.failed(id_of(1), now);
        const duration wait = *schedule.next_deadline() - now;
        CHECK(wait >= bound / 2);
        CHECK(wait <= bound);
        CHECK(schedule.due(id_of(1)) == schedule.next_deadline());
        now = *schedule.next_deadline();
        bound = std::min(bound * 2, options.redial_cap);
    }
    CHECK(bound == options.redial_cap);
}

TEST_CASE_METHOD(
    schedule_fixture,
    "dials: a good connection resets the wait, a mere one does not",
    "[peers][dial]"
) {
    want(1);
    for (int attempt = 0; attempt < 10; ++attempt) {
        REQUIRE(take());
        schedule.failed(id_of(1), now);
        now += options.redial_cap;
    }
    REQUIRE(take());
    schedule.connected(id_of(1));
    CHECK_FALSE(schedule.due(id_of(1)));
    schedule.lost(id_of(1), now);
    CHECK(*schedule.due(id_of(1)) - now >= options.redial_cap / 2);
    now += options.redial_cap;
    REQUIRE(take());
    schedule.connected(id_of(1));
    schedule.reset_backoff(id_of(1));
    schedule.lost(id_of(1), now);
    CHECK(*schedule.due(id_of(1)) - now <= options.redial_first);
}

TEST_CASE_METHOD(schedule_fixture, "dials: a connected peer is not dialled", "[peers][dial]") {
    want(1);
    schedule.hold(id_of(1));
    CHECK_FALSE(take());
    CHECK_FALSE(schedule.next_deadline());
    schedule.wake(id_of(1), now);
    CHECK_FALSE(take());
    schedule.lost(id_of(1), now);
    now += options.redial_first;
    CHECK(take() == id_of(1));
}

TEST_CASE_METHOD(
    schedule_fixture,
    "dials: one in flight that the peer overtook is not repeated",
    "[peers][dial]"
) {
    want(1);
    REQUIRE(take());
    schedule.hold(id_of(1));
    schedule.failed(id_of(1), now);
    CHECK(schedule.in_flight() == 0);
    now += 1h;
    CHECK_FALSE(take());
}

TEST_CASE_METHOD(
    schedule_fixture,
    "dials: a new address ends the wait, and no dial in flight",
    "[peers][dial]"
) {
    want(1);
    REQUIRE(take());
    schedule.wake(id_of(1), now);
    CHECK_FALSE(take());
    schedule.failed(id_of(1), now);
    CHECK_FALSE(take());
    schedule.wake(id_of(1), now);
    CHECK(take() == id_of(1));
}

TEST_CASE_METHOD(schedule_fixture, "dials: no more at once than the limit", "[peers][dial]") {
    for (std::uint8_t seed = 1; seed <= 20; ++seed)
        want(seed);
    std::vector<identity::endpoint_id> taken;
    while (const auto next = take())
        taken.push_back(*next);
    CHECK(taken.size() == options.dials_in_flight_max);
    CHECK_FALSE(schedule.next_deadline());
    schedule.failed(taken[3], now);
    CHECK(take());
    CHECK_FALSE(take());
}

TEST_CASE_METHOD(
    schedule_fixture,
    "dials: named peers go before learnt ones, then the longest due",
    "[peers][dial]"
) {
    want(1, dial_priority::learnt);
    now += 1s;
    want(2);
    want(3, dial_priority::learnt);
    now += 1s;
    want(4);
    CHECK(take() == id_of(2));
    CHECK(take() == id_of(4));
    CHECK(take() == id_of(1));
    want(3, dial_priority::named);
    want(5);
    CHECK(take() == id_of(3));
}

TEST_CASE_METHOD(schedule_fixture, "dials: a forgotten peer frees its place", "[peers][dial]") {
    want(1);
    REQUIRE(take());
    schedule.forget(id_of(1));
    CHECK(schedule.in_flight() == 0);
    CHECK(schedule.size() == 0);
    schedule.failed(id_of(1), now);
    schedule.connected(id_of(1));
    schedule.lost(id_of(1), now);
    schedule.check_invariants();
    CHECK_FALSE(take());
}
