// SPDX-License-Identifier: Apache-2.0
#include "base/log_budget.hpp"
#include "support/catch.hpp"

using namespace meshhost;

TEST_CASE("log budget: what exceeds it is logged as debug, until time has passed", "[base]") {
    log_budget budget;
    const time_point start{1s};
    for (int line = 0; line < 64; ++line)
        REQUIRE(budget.spend(log_level::warn, start) == log_level::warn);
    CHECK(budget.spend(log_level::warn, start) == log_level::debug);
    CHECK(budget.spend(log_level::info, start + 1s) == log_level::info);
    CHECK(budget.spend(log_level::info, start + 1s) == log_level::debug);
}
