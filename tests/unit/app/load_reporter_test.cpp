// SPDX-License-Identifier: Apache-2.0
#include "app/load_reporter.hpp"
#include "peers/proto/capabilities.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::app;

TEST_CASE("load reporter: a share is of the budget, else of the machine, else unknown", "[app]") {
    CHECK(share_of(125, 250, 2000) == Approx(0.5));
    CHECK(share_of(125, 0, 1000) == Approx(0.125));
    CHECK(share_of(500, 250, 2000) == Approx(2.0));
    CHECK(share_of(125, 0, 0) < 0);
}

TEST_CASE("load reporter: the digest says where the budget is from", "[app]") {
    using from = usage::proto::budget_source;
    using to = peers::proto::budget_source;
    CHECK(
        node_budget_of({{250, 64}, from::config}) == peers::proto::node_budget{250, 64, to::config}
    );
    CHECK(node_budget_of({{250, 64}, from::cgroup}).source == to::cgroup);
    CHECK(node_budget_of({}) == peers::proto::node_budget{});
}

TEST_CASE("capabilities: each bit is named once", "[app]") {
    using namespace peers::proto;
    std::uint64_t seen = 0;
    for (const auto& each : capabilities) {
        CHECK_FALSE(has(seen, each.bit));
        seen |= bit_of(each.bit);
    }
    CHECK(seen == 0b111);
}
