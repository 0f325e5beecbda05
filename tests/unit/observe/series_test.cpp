// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/series.hpp"
#include "support/catch.hpp"

using namespace meshhost::observe::proto;

TEST_CASE("observe: a node's values, the oldest first, from when it came", "[observe]") {
    series all;
    all.advance();
    all.set("a", {1, 2, std::nullopt, 4, 5});
    all.advance();
    all.advance();
    all.set("a", {7, 8, 9, 10, 11});
    const auto cpu = all.of("a", measure::cpu);
    REQUIRE(cpu.size() == 3);
    CHECK(cpu[0] == 1);
    CHECK_FALSE(cpu[1].has_value());
    CHECK(cpu[2] == 7);
    CHECK_FALSE(all.of("a", measure::rx)[0].has_value());
    CHECK(all.of("b", measure::cpu).empty());
    all.forget("a");
    CHECK(all.of("a", measure::cpu).empty());
}

TEST_CASE("observe: so many values are kept, of so many nodes", "[observe]") {
    series all;
    for (std::size_t i = 0; i < 2 * series::steps; ++i) {
        all.advance();
        all.set("a", {i, 0, 0, 0, 0});
    }
    const auto cpu = all.of("a", measure::cpu);
    REQUIRE(cpu.size() == series::steps);
    CHECK(cpu.front() == series::steps);
    CHECK(cpu.back() == 2 * series::steps - 1);
    for (std::size_t i = 0; i < 2 * series::nodes_max; ++i)
        all.set(std::to_string(i), {});
    CHECK(all.nodes() == series::nodes_max);
}

TEST_CASE("observe: a value is kept to a thousandth", "[observe]") {
    for (std::uint64_t value = 1; value < std::uint64_t{1} << 56; value = value * 13 / 4 + 1) {
        series all;
        all.set("a", {value, std::nullopt, 0, ~std::uint64_t{0}, 1023});
        CHECK(
            all.of("a", measure::cpu)[0].value()
            == Approx(static_cast<double>(value)).epsilon(0.001)
        );
        CHECK_FALSE(all.of("a", measure::rss)[0].has_value());
        CHECK(all.of("a", measure::rx)[0] == 0);
        CHECK(all.of("a", measure::tx)[0].value() > 1e19);
        CHECK(all.of("a", measure::messages)[0] == 1023);
    }
}
