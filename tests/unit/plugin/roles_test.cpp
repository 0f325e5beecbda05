// SPDX-License-Identifier: Apache-2.0
// The five roles that ship with the host, as threads and as processes: each says one thing that is
// true.
#include "mesh_bench.hpp"

#include <string>

using namespace meshhost;
using namespace meshhost::test;

TEST_CASE("roles: a broker counts its peers", "[plugin][roles]") {
    mesh_bench mesh(GENERATE(false, true));
    plugin_bench& bench = mesh.add().plugins;
    bench.run(role_plugin("broker"));
    CHECK(bench.until_value("broker.peers", std::uint64_t{0}));
    bench.manager().publish(snapshot({{1, peer("compute")}, {2, peer("gateway")}}));
    CHECK(bench.until_value("broker.peers", std::uint64_t{2}));
}

TEST_CASE("roles: a gateway is up while somebody computes", "[plugin][roles]") {
    plugin_bench bench(GENERATE(false, true));
    bench.run(role_plugin("gateway"));
    CHECK(bench.until_value("gateway.upstream", "down"));
    bench.manager().publish(snapshot({{1, peer("compute")}, {2, peer("broker")}}));
    CHECK(bench.until_value("gateway.upstream", "up"));
    bench.manager().publish(snapshot({{2, peer("broker")}}));
    CHECK(bench.until_value("gateway.upstream", "down"));
}

TEST_CASE("roles: a compute node says how busy its machine is", "[plugin][roles]") {
    plugin_bench bench(GENERATE(false, true));
    bench.run(role_plugin("compute"));
    REQUIRE(bench.until([&] { return bench.values.contains("compute.load"); }));
    const double load = std::get<double>(bench.values.at("compute.load"));
    CHECK(load >= 0);
    CHECK(load < 1000);
}

TEST_CASE("roles: a registry counts the roles of its peers", "[plugin][roles]") {
    plugin_bench bench(GENERATE(false, true));
    bench.run(role_plugin("registry"));
    bench.manager().publish(
        snapshot({{1, peer("compute,broker")}, {2, peer("compute")}, {3, peer("gateway")}})
    );
    CHECK(bench.until_value("registry.roles", std::uint64_t{3}));
}

TEST_CASE("roles: a bridge counts the ways out", "[plugin][roles]") {
    plugin_bench bench(GENERATE(false, true));
    bench.own("bridge-0").config.values = {{"exit_role", "broker"}};
    bench.run(role_plugin("bridge"));
    bench.manager().publish(snapshot({{1, peer("compute,broker")}, {2, peer("compute")}}));
    CHECK(bench.until_value("bridge.exits", std::uint64_t{1}));
}
