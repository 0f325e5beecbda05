// SPDX-License-Identifier: Apache-2.0
#include "lab/model/cast.hpp"
#include "support/catch.hpp"

#include <map>
#include <set>

using namespace meshhost::lab::model;

namespace {

std::map<std::string, int> roles_of(const std::vector<cast_member>& cast) {
    std::map<std::string, int> counts;
    for (const auto& member : cast)
        ++counts[member.role];
    return counts;
}

}  // namespace

TEST_CASE("cast: eighteen are two brokers, two gateways, eleven computes", "[lab]") {
    const auto cast = make_cast(18, 42);
    REQUIRE(cast.size() == 18);
    CHECK(
        roles_of(cast)
        == std::map<
            std::string,
            int>{{"broker", 2}, {"gateway", 2}, {"compute", 11}, {"registry", 2}, {"bridge", 1}}
    );
    CHECK(cast.front().name == "broker-01");
    std::set<std::string> names;
    for (const auto& member : cast)
        names.insert(member.name);
    CHECK(names.size() == 18);
}

TEST_CASE("cast: five have one of each role, and every size has as many as were asked", "[lab]") {
    for (const auto& [role, count] : roles_of(make_cast(5, 1))) {
        CAPTURE(role);
        CHECK(count == 1);
    }
    CHECK(roles_of(make_cast(5, 1)).size() == 5);
    for (std::size_t nodes = 1; nodes <= nodes_max; ++nodes) {
        CAPTURE(nodes);
        CHECK(make_cast(nodes, 7).size() == nodes);
        CHECK(make_cast(nodes, 7).front().role == "broker");
    }
}

TEST_CASE("cast: the same seed makes the same ids, another makes others", "[lab]") {
    const auto first = make_cast(6, 42);
    const auto again = make_cast(6, 42);
    const auto other = make_cast(6, 43);
    std::set<std::string> ids;
    for (std::size_t i = 0; i < first.size(); ++i) {
        CHECK(first[i].key.id() == again[i].key.id());
        ids.insert(first[i].key.id().to_hex());
        ids.insert(other[i].key.id().to_hex());
    }
    CHECK(ids.size() == 12);
}
