// SPDX-License-Identifier: Apache-2.0
#include "peers/proto/local_health.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::peers::proto;

namespace {

constexpr time_point start{1h};

struct health_fixture {
    config options;
    local_health health{options};
};

}  // namespace

TEST_CASE_METHOD(health_fixture, "health: a host in time is not patient", "[peers][health]") {
    CHECK(health.patience(start) == 1);
    health.lagged(options.lag_tolerated, start);
    CHECK(health.patience(start) == 1);
}

TEST_CASE_METHOD(health_fixture, "health: lateness counts in proportion", "[peers][health]") {
    health.lagged(options.lag_tolerated + options.lag_unit, start);
    CHECK(health.patience(start) == Approx(2));
    health.lagged(options.lag_tolerated + 4 * options.lag_unit, start);
    CHECK(health.patience(start) == Approx(5));
    health.lagged(1h, start);
    CHECK(health.patience(start) == options.patience_max);
}

TEST_CASE_METHOD(health_fixture, "health: lateness fades, the worst last", "[peers][health]") {
    health.lagged(1100ms, start);
    health.lagged(200ms, start + 1s);
    CHECK(health.patience(start + 1s) == Approx(1 + (990.0 - 100) / 250));
    CHECK(health.patience(start + options.lag_memory / 2) == Approx(1 + (550.0 - 100) / 250));
    CHECK(health.patience(start + options.lag_memory) == 1);
    CHECK(health.patience(start + 1h) == 1);
}
