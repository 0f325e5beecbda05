// SPDX-License-Identifier: Apache-2.0
#include "base/token_bucket.hpp"
#include "support/catch.hpp"

using namespace meshhost;

namespace {

constexpr time_point start{1h};

int taken_at(token_bucket& bucket, time_point now, int tries) {
    int taken = 0;
    for (int i = 0; i < tries; ++i)
        taken += bucket.take(now) ? 1 : 0;
    return taken;
}

}  // namespace

TEST_CASE("token_bucket: a burst passes at once, and no more than that", "[base]") {
    token_bucket bucket(10, 5);
    CHECK(taken_at(bucket, start, 20) == 5);
    CHECK_FALSE(bucket.take(start));
}

TEST_CASE("token_bucket: tokens come back at their rate", "[base]") {
    token_bucket bucket(10, 5);
    taken_at(bucket, start, 5);
    CHECK_FALSE(bucket.take(start + 99ms));
    CHECK(bucket.take(start + 101ms));
    CHECK_FALSE(bucket.take(start + 102ms));
    CHECK(taken_at(bucket, start + 302ms, 20) == 2);
}

TEST_CASE("token_bucket: a long rest fills the bucket, never beyond its burst", "[base]") {
    token_bucket bucket(10, 5);
    taken_at(bucket, start, 5);
    CHECK(taken_at(bucket, start + 24h, 20) == 5);
}

TEST_CASE("token_bucket: on average the rate is kept over many small steps", "[base]") {
    token_bucket bucket(100, 5);
    int taken = 0;
    for (int step = 0; step < 10'000; ++step)
        taken += bucket.take(start + step * 1ms) ? 1 : 0;
    CHECK(taken >= 1'003);
    CHECK(taken <= 1'005);
}

TEST_CASE("token_bucket: time that stands still or goes back gives nothing", "[base]") {
    token_bucket bucket(10, 1);
    CHECK(bucket.take(start));
    CHECK_FALSE(bucket.take(start));
    CHECK_FALSE(bucket.take(start - 10min));
}
