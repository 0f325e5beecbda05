// SPDX-License-Identifier: Apache-2.0
// mesh.health/1: what is said, what of it goes up, and where it shows.
#include "bare_instance.hpp"
#include "plugin/proto/limits.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::plugin;
using test::bare_instance;
using test::on_other_thread;
using test::str;

TEST_CASE("health table: news only, and never lost", "[plugin][health]") {
    bare_instance plugin;
    const auto& health = plugin.table<mesh_health_v1>(MESH_EXT_HEALTH);
    auto& link = static_cast<test::recording_uplink&>(*plugin.context.link);
    health.set(plugin.host, MESH_HEALTH_OK, str("ignored"));
    CHECK(link.said.empty());
    health.set(plugin.host, MESH_HEALTH_DEGRADED, str("a\nb"));
    health.set(plugin.host, MESH_HEALTH_DEGRADED, str("a\nb"));
    REQUIRE(link.said.size() == 1);
    CHECK(std::get<proto::up::health_said>(link.said[0]).health == MESH_HEALTH_DEGRADED);
    CHECK(std::get<proto::up::health_said>(link.said[0]).reason == "a b");
    link.is_full = true;
    health.set(plugin.host, 77, str(std::string(999, 'x')));
    health.set(plugin.host, MESH_HEALTH_UNHEALTHY, str("last word"));
    CHECK(link.said.size() == 1);
    link.is_full = false;
    plugin.context.health.retry(link);
    plugin.context.health.retry(link);
    REQUIRE(link.said.size() == 2);
    CHECK(std::get<proto::up::health_said>(link.said[1]).health == MESH_HEALTH_UNHEALTHY);
    CHECK(std::get<proto::up::health_said>(link.said[1]).reason == "last word");
    plugin.context.gate.created();
    on_other_thread([&] {
        health.set(plugin.host, MESH_HEALTH_OK, {});
        return MESH_OK;
    });
    CHECK(link.said.size() == 3);
}
