// SPDX-License-Identifier: Apache-2.0
#include "sim/metric.hpp"
#include "support/catch.hpp"

#include <array>

namespace meshhost::sim {
namespace {

scenario with_series(std::string name) {
    scenario one;
    one.traffic.emplace_back().name = std::move(name);
    return one;
}

TEST_CASE("metric: means of seeds are averaged, worst cases stay worst", "[sim]") {
    const scenario of = with_series("after");
    const std::array<metric_values, 2> seeds{{
        {{"after.redundancy", 0.1}, {"after.hops_max", 9}, {"overlay.degree_min", 4}},
        {{"after.redundancy", 0.3}, {"after.hops_max", 15}, {"overlay.degree_min", 2}},
    }};
    const metric_values all = combined(of, seeds);
    CHECK(value_of(all, "after.redundancy") == Approx(0.2));
    CHECK(value_of(all, "after.hops_max") == 15);
    CHECK(value_of(all, "overlay.degree_min") == 2);
}

TEST_CASE("metric: what one seed could not measure is not measured", "[sim]") {
    const scenario of = with_series("after");
    const std::array<metric_values, 2> seeds{{{{"overlay.merge_s", 20}}, {}}};
    CHECK_FALSE(value_of(combined(of, seeds), "overlay.merge_s"));
}

TEST_CASE("metric: a promise is broken by a value beyond it, and by none at all", "[sim]") {
    scenario of = with_series("after");
    of.expectations = {
        {"after.delivery", bound_kind::at_least, 1},
        {"after.redundancy", bound_kind::at_most, 0.1},
        {"overlay.merge_s", bound_kind::at_most, 60},
    };
    const metric_values kept{
        {"after.delivery", 1},
        {"after.redundancy", 0.1},
        {"overlay.merge_s", 60}};
    CHECK(check(of, kept).empty());

    const metric_values missed{{"after.delivery", 0.98}, {"after.redundancy", 0.11}};
    const auto broken = check(of, missed);
    REQUIRE(broken.size() == 3);
    CHECK(sentence(broken[0]) == "after.delivery is 0.98, expected at least 1");
    CHECK(sentence(broken[1]) == "after.redundancy is 0.11, expected at most 0.1");
    CHECK(sentence(broken[2]) == "overlay.merge_s is not known, expected at most 60");
}

TEST_CASE("metric: names are those of the scenario's series and of every run", "[sim]") {
    const scenario of = with_series("after");
    CHECK(find_metric(of, "after.delivery") != nullptr);
    CHECK(find_metric(of, "overlay.degree_mean") != nullptr);
    CHECK(find_metric(of, "before.delivery") == nullptr);
    CHECK(find_metric(of, "delivery") == nullptr);
}

}  // namespace
}  // namespace meshhost::sim
