// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario_reader.hpp"
#include "support/catch.hpp"

namespace meshhost::sim {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

failure refused(std::string_view text) {
    const auto read = read_scenario(text, "s.toml");
    REQUIRE_FALSE(read);
    CHECK(read.error().exit == exit_code::invalid);
    return read.error();
}

TEST_CASE("scenario_reader: clocks need a whole interval for their last round", "[sim]") {
    const std::string text = "length = \"20s\"\n[traffic.t]\nsenders = \"each\"\nrounds = ";
    const auto read = read_scenario(text + "20", "s.toml");
    REQUIRE(read);
    CHECK(read->traffic[0].senders == sender_choice::each);
    CHECK(refused(text + "21").message == "s.toml: traffic.t has rounds after the end (length)");
}

TEST_CASE("scenario_reader: every kind of value arrives where it belongs", "[sim]") {
    const auto read = read_scenario(
        R"(
title = "herd"
nodes = 1000
seeds = [1, 212312388123]
length = "10m"
[links]
latency_min = "10ms"
loss = 0.01
[join]
contacts = 3
[traffic.after]
senders = "rotating"
start = "30s"
rounds = 5
[fault.cut]
kind = "partition"
at = "60s"
lasts = "10m"
fraction = 0.25
[expect]
after.delivery.min = 1
"overlay.merge_s".max = 60
)",
        "s.toml"
    );
    REQUIRE(read);
    CHECK(read->nodes == 1'000);
    CHECK(read->seeds == std::vector<std::uint64_t>{1, 212312388123});
    CHECK(read->length == 10min);
    CHECK(read->links.loss == 0.01);
    CHECK(read->links.latency_max == 50ms);
    CHECK(read->join.contacts == 3);
    REQUIRE(read->traffic.size() == 1);
    CHECK(read->traffic[0].name == "after");
    CHECK(read->traffic[0].senders == sender_choice::rotating);
    CHECK(read->traffic[0].start == time_point(30s));
    REQUIRE(read->faults.size() == 1);
    CHECK(read->faults[0].kind == fault_kind::partition);
    CHECK(read->faults[0].fraction == 0.25);
    REQUIRE(read->expectations.size() == 2);
    CHECK(read->expectations[0].metric == "after.delivery");
    CHECK(read->expectations[0].kind == bound_kind::at_least);
    CHECK(read->expectations[1].metric == "overlay.merge_s");
    CHECK(read->expectations[1].bound == 60);
}

TEST_CASE("scenario_reader: an unknown key is refused at its place, with what was meant", "[sim]") {
    const failure why = refused("nodes = 10\n[links]\nlos = 0.1\n");
    CHECK_THAT(why.message, StartsWith("s.toml:3:1: links.los: no such key"));
    CHECK_THAT(why.hint, Contains("links.loss"));
}

TEST_CASE("scenario_reader: values of a wrong type or size are refused", "[sim]") {
    CHECK_THAT(
        refused("nodes = \"ten\"").message,
        Contains("s.toml:1:9: nodes: expected an integer")
    );
    CHECK_THAT(refused("nodes = 1").message, Contains("expected 2 to"));
    CHECK_THAT(refused("links.loss = 1.5").message, Contains("expected 0 to 0.9"));
    CHECK_THAT(refused("length = \"soon\"").message, Contains("a whole number and a unit"));
    CHECK_THAT(refused("length = 60").message, Contains("expected a duration"));
    CHECK_THAT(
        refused("fault.a.kind = \"flood\"").message,
        Contains("expected one of kill, restart")
    );
    CHECK_THAT(refused("seeds = []").message, Contains("at least one seed"));
    CHECK_THAT(refused("seeds = [-1]").message, Contains("a seed is an integer"));
    CHECK_THAT(refused("traffic.a.bytes = 4056").message, Contains("expected 8 to 4055"));
    CHECK_THAT(refused("nodes = ").message, Contains("not valid TOML"));
}

TEST_CASE("scenario_reader: a promise about no metric is refused", "[sim]") {
    const failure why = refused("traffic.after.rounds = 1\nexpect.after.delivry.min = 1\n");
    CHECK_THAT(why.message, StartsWith("s.toml:2:"));
    CHECK_THAT(why.hint, Contains("after.delivery"));
    CHECK_THAT(refused("expect.overlay.degree_mean = 4").message, Contains(".min or .max"));
}

TEST_CASE("scenario_reader: what contradicts itself is refused", "[sim]") {
    CHECK_THAT(
        refused("length = \"10s\"\ntraffic.a.rounds = 20\n").message,
        Contains("traffic.a has rounds after the end")
    );
    CHECK_THAT(refused("fault.a.at = \"2m\"").message, Contains("fault.a comes after the end"));
    CHECK_THAT(refused("measure_from = \"2m\"").message, Contains("after the end"));
    CHECK_THAT(refused("fault.a.kind = \"forge\"").message, Contains("there are none"));
    CHECK_THAT(refused("links.latency_min = \"1s\"").message, Contains("latency_max is below"));
    CHECK_THAT(refused("nodes = 5\njoin.contacts = 5").message, Contains("leaves nobody"));
}

}  // namespace
}  // namespace meshhost::sim
