// SPDX-License-Identifier: Apache-2.0
#include "lab/model/scenario.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::lab::model;

namespace {

std::string fault_of(std::string_view text) {
    const auto read = read_scenario(text, "s.toml");
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().code == "E_SCENARIO");
    CHECK(read.error().exit == exit_code::invalid);
    return read.error().message;
}

}  // namespace

TEST_CASE("scenario: everything that can be written is read", "[lab]") {
    const auto read = read_scenario(
        R"(title = "All"
[lab]
nodes = 7
seed = 3
emit = "interval:500ms"
set = ["log.level=debug"]
settle = "2s"
relay = true
[[step]]
chaos = "partition broker-01|rest"
for = "30s"
expect = "dead within 8s, mesh reconverges within 3s"
[[step]]
measure = "afterwards"
for = "10s"
[[step]]
wait = "5s"
)",
        "s.toml"
    );
    REQUIRE(read.has_value());
    CHECK(read->title == "All");
    CHECK(read->nodes == 7);
    CHECK(read->seed == 3);
    CHECK(read->emit == "interval:500ms");
    CHECK(read->sets == std::vector<std::string>{"log.level=debug"});
    CHECK(read->settle == 2s);
    CHECK(read->has_relay);
    REQUIRE(read->steps.size() == 3);
    CHECK(read->steps[0].kind == step_kind::chaos);
    CHECK(read->steps[0].action.lasts == 30s);
    CHECK(read->steps[0].expected.size() == 2);
    CHECK(read->steps[1].kind == step_kind::measure);
    CHECK(read->steps[1].label == "afterwards");
    CHECK(read->steps[1].lasts == 10s);
    CHECK(read->steps[2].kind == step_kind::wait);
    CHECK(read->steps[2].lasts == 5s);
}

TEST_CASE("scenario: an error names the file, the line and the column", "[lab]") {
    CHECK(fault_of("nodes = 3\n").starts_with("s.toml:1:1: no such key in a scenario: nodes"));
    CHECK(fault_of("[lab]\nnods = 3\n").starts_with("s.toml:2:1: no such key in [lab]: nods"));
    CHECK(fault_of("[lab]\nnodes = 1000\n") == "s.toml:2:9: nodes: expected 1 to 100");
    CHECK(fault_of("[lab]\nsettle = 5\n") == "s.toml:2:10: expected a string");
    CHECK(fault_of("[[step]]\nwait = \"5\"\n").starts_with("s.toml:1:1: \"5\" is no time"));
    CHECK(fault_of("\n[[step]]\nchaos = \"kil x\"\n").starts_with("s.toml:2:1: \"kil\" is nothing")
    );
    CHECK(fault_of("[[step]]\nchaos = \"kill x\"\nexpect = \"dead in 8s\"\n")
              .starts_with("s.toml:1:1: expect: column 6: expected within"));
    CHECK(fault_of("title = \"x\"\n").find("there is no [[step]]") != std::string::npos);
    CHECK(fault_of("title = ").starts_with("s.toml:1:"));
}

TEST_CASE("scenario: a step does one thing, with the keys of that thing", "[lab]") {
    CHECK(
        fault_of("[[step]]\nchaos = \"kill x\"\nwait = \"5s\"\n")
        == "s.toml:1:1: a step has one of chaos, measure and wait"
    );
    CHECK(fault_of("[[step]]\n") == "s.toml:1:1: a step has one of chaos, measure and wait");
    CHECK(fault_of("[[step]]\nmeasure = \"x\"\n").find("needs a time") != std::string::npos);
    CHECK(
        fault_of("[[step]]\nchaos = \"kill x\"\nfor = \"5s\"\n")
        == "s.toml:1:1: for: only partition, relay-only and loss last for a time"
    );
    CHECK(
        fault_of("[[step]]\nwait = \"5s\"\nexpect = \"dead within 8s\"\n")
        == "s.toml:1:1: expect: only of chaos can something be expected"
    );
    CHECK(fault_of("[[step]]\nwait = \"5s\"\nuntil = \"5s\"\n")
              .starts_with("s.toml:1:1: no such key in [[step]]: until"));
}
