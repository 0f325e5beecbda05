// SPDX-License-Identifier: Apache-2.0
#include "lab/model/chaos_action.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::lab::model;

namespace {

lab_record five() {
    lab_record lab;
    for (const char* name : {"broker-01", "gateway-01", "compute-01", "compute-02", "compute-03"}) {
        lab_node node;
        node.name = name;
        node.role = std::string(name).substr(0, node.name.find('-'));
        lab.nodes.push_back(node);
    }
    return lab;
}

const std::set<std::string>
    all_names{"broker-01", "gateway-01", "compute-01", "compute-02", "compute-03"};

using groups_type = std::vector<std::vector<std::string>>;

groups_type resolved(std::string_view text, const std::set<std::string>& running = all_names) {
    const auto action = parse_chaos(text);
    REQUIRE(action);
    prng draw(1);
    const auto groups = resolve_groups(*action, five(), running, draw);
    REQUIRE(groups);
    return *groups;
}

std::string fault_of(std::string_view text) {
    const auto action = parse_chaos(text);
    REQUIRE_FALSE(action);
    CHECK(action.error().code == "E_CHAOS");
    return action.error().message;
}

}  // namespace

TEST_CASE("chaos: names, lists of names and verbs are read", "[lab]") {
    CHECK(parse_chaos("kill compute-01")->verb == chaos_verb::kill);
    CHECK(parse_chaos("plugin-crash compute-01")->verb == chaos_verb::plugin_crash);
    CHECK(resolved("stop compute-01, gateway-01") == groups_type{{"compute-01", "gateway-01"}});
    CHECK(resolved("stop compute-01 compute-01") == groups_type{{"compute-01"}});
    CHECK(parse_chaos("heal")->groups.empty());
    CHECK(resolved("relay-only compute-01,broker-01") == groups_type{{"compute-01", "broker-01"}});
}

TEST_CASE("chaos: the rest of a partition is whoever is named nowhere", "[lab]") {
    CHECK(
        resolved("partition broker-01,compute-02 | rest")
        == groups_type{{"broker-01", "compute-02"}, {"gateway-01", "compute-01", "compute-03"}}
    );
    CHECK(resolved("partition broker-01|gateway-01") == groups_type{{"broker-01"}, {"gateway-01"}});
}

TEST_CASE("chaos: loss is a share, with or without a percent sign", "[lab]") {
    CHECK(parse_chaos("loss 5%")->loss == Approx(0.05));
    CHECK(parse_chaos("loss 0.2")->loss == Approx(0.2));
    CHECK(parse_chaos("loss 5%")->groups.empty());
    CHECK(resolved("loss 5% broker-01") == groups_type{{"broker-01"}});
    CHECK(fault_of("loss 500%") == "\"500%\" is no share; write 5% or 0.05");
    CHECK(fault_of("loss much") == "\"much\" is no share; write 5% or 0.05");
}

TEST_CASE("chaos: what is drawn runs, is drawn once, and follows from the seed", "[lab]") {
    const auto two = resolved("kill compute/any,compute/any", {"compute-01", "compute-03"});
    CHECK(
        std::set<std::string>(two[0].begin(), two[0].end())
        == std::set<std::string>{"compute-01", "compute-03"}
    );
    CHECK(resolved("kill any") == resolved("kill any"));
    CHECK(
        resolved("restart any", {"broker-01", "gateway-01", "compute-01", "compute-02"})
        == groups_type{{"compute-03"}}
    );
    prng draw(1);
    const auto nobody = resolve_groups(*parse_chaos("kill bridge/any"), five(), all_names, draw);
    REQUIRE_FALSE(nobody);
    CHECK(nobody.error().message == "nobody is left for \"bridge/any\"");
}

TEST_CASE("chaos: errors say what was meant", "[lab]") {
    CHECK(
        fault_of("kil x") == "\"kil\" is nothing that can be done to a lab; did you mean \"kill\"?"
    );
    CHECK(fault_of("kill") == "kill whom?");
    CHECK(fault_of("") == "what is to be done?");
    CHECK(fault_of("partition a,b").starts_with("a partition has two sides"));
    CHECK(fault_of("partition a|").starts_with("a side of the partition is empty"));
    CHECK(fault_of("heal compute-01").starts_with("heal takes no node"));
    CHECK(fault_of("relay-only compute-01").starts_with("relay-only is between two hosts"));
    prng draw(1);
    const auto unknown = resolve_groups(*parse_chaos("kill compute-1"), five(), all_names, draw);
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().code == "E_NO_SUCH_NODE");
    CHECK(unknown.error().exit == exit_code::unreachable);
    CHECK(unknown.error().message.find("did you mean \"compute-0") != std::string::npos);
}
