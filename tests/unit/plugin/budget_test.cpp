// SPDX-License-Identifier: Apache-2.0
// What a role may use, and what is said when it wants more.
#include "mesh_bench.hpp"
#include "plugin/proto/budget_meter.hpp"

#include <catch2/catch.hpp>

using namespace meshhost;
using namespace meshhost::test;
using namespace std::chrono_literals;
using plugin::proto::budget_kind;
using plugin::proto::budget_meter;

TEST_CASE("budget: what is refused within ten seconds is one report", "[plugin]") {
    budget_meter meter({.gossip_bytes_per_s = 65536, .streams = 8, .timers = 4});
    const time_point start{1h};
    CHECK(meter.next_deadline() == no_deadline);
    CHECK(meter.refused(budget_kind::gossip, start));
    for (int i = 1; i < 118; ++i)
        CHECK_FALSE(meter.refused(budget_kind::gossip, start + 1s));
    CHECK(meter.next_deadline() == start + 10s);
    CHECK_FALSE(meter.poll(start + 10s - 1ns));
    const auto first = meter.poll(start + 10s);
    REQUIRE(first);
    CHECK(first->refusals == 118);
    CHECK(
        first->words == "gossip budget 65536 B/s exhausted, 118 publishes refused in the last 10 s"
    );
    CHECK(meter.next_deadline() == no_deadline);
    CHECK_FALSE(meter.poll(start + 30s));

    CHECK(meter.refused(budget_kind::timers, start + 40s));
    CHECK_FALSE(meter.refused(budget_kind::streams, start + 41s));
    const auto both = meter.poll(no_deadline);  // at the end of the role
    REQUIRE(both);
    CHECK(
        both->words
        == "stream budget 8 exhausted, 1 streams refused; timer budget 4 exhausted, 1 timers "
           "refused in the last 10 s"
    );
    CHECK(meter.total(budget_kind::gossip) == 118);
    CHECK(meter.total(budget_kind::timers) == 1);
}

TEST_CASE("budget: a role gets what it declares, and hears of the rest", "[plugin]") {
    mesh_bench mesh(GENERATE(false, true));
    mesh_host_bench& host = mesh.add();
    plugin_bench& bench = host.plugins;
    host.run(test_plugin("spender"));
    CHECK(bench.until_value("test.gossip", std::int64_t{MESH_E_BUDGET}));
    CHECK(bench.until_value("test.timer", std::int64_t{MESH_E_BUDGET}));
    SECTION("its metrics say how often") {
        std::map<std::string, double> refused;
        REQUIRE(bench.manager().ask_metrics("test-0", [&](const auto& all, bool) {
            for (const auto& metric : all.metrics) {
                for (const auto& point : metric.points)
                    refused[std::get<std::string>(point.attributes.at(0).value)] = point.value;
            }
        }));
        REQUIRE(bench.until([&] { return !refused.empty(); }));
        CHECK(refused == std::map<std::string, double>{{"gossip", 3}, {"timer", 2}});
    }
    SECTION("at its end, what was not told yet") {
        CHECK(bench.errors.empty());
        CHECK(bench.stop() == 0);
        REQUIRE(bench.errors.size() == 2);  // and its timers
        CHECK(
            bench.errors[1]
            == "MP312 gossip budget 1000 B/s exhausted, 3 publishes refused; timer budget 2 "
               "exhausted, 2 timers refused in the last 10 s"
        );
        CHECK(bench.manager().status().at(0).refused_calls == 5);
    }
}
