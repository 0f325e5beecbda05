// SPDX-License-Identifier: Apache-2.0
#include "api_fixture.hpp"

using namespace meshhost;
using test::api;

TEST_CASE("meters: a host in numbers", "[admin]") {
    api local;
    const auto data = local.ask("GET", "/v1/meters")->json().at("data").as_object();
    CHECK(data.at("schema").as_string() == "meshhost.meters/1");
    CHECK(data.at("name").as_string() == "compute-01");
    CHECK(data.at("usage").at("rss_bytes").to_number<int>() == 1 << 20);
    CHECK(data.at("usage").at("cpu_millicores").is_null());  // not measured
    CHECK(data.at("budget").at("memory_bytes").is_null());   // no limit
    const auto& edge = data.at("edges").as_array().at(0).as_object();
    CHECK(edge.at("mode").as_string() == "eager");
    CHECK(edge.at("rtt_us").to_number<int>() == 1500);
}

TEST_CASE("meters: nothing is measured while nobody looks", "[admin]") {
    api local;
    const auto follower =
        local.ask("GET", "/v1/meters", "", {{"follow", "true"}, {"interval_ms", "250"}});
    REQUIRE(local.wait([&] { return follower->lines().size() == 2; }));
    CHECK(local.host.measured == 2);
    CHECK(local.shard.timers().count(no_deadline).size() >= 1);
    follower->leave();
    std::size_t armed = 0;
    for (const auto& each : local.shard.timers().count(no_deadline))
        armed += each.armed;
    CHECK(armed == 0);
}

TEST_CASE("meters: a follower that does not read misses samples", "[admin]") {
    api local;
    const auto slow =
        local.ask("GET", "/v1/meters", "", {{"follow", "true"}, {"interval_ms", "250"}});
    const auto other =
        local.ask("GET", "/v1/meters", "", {{"follow", "true"}, {"interval_ms", "250"}});
    slow->set_reading(false);
    slow->unread = admin::meter_feed::unread_max + 1;
    REQUIRE(local.wait([&] { return other->lines().size() == 2; }));
    CHECK(slow->lines().empty());
}

TEST_CASE("meters: a question that makes no sense is refused", "[admin]") {
    api local;
    for (const auto* interval : {"249", "60001", "soon", ""})
        CHECK(
            local.ask("GET", "/v1/meters", "", {{"follow", "true"}, {"interval_ms", interval}})
                ->answer.status
            == 400
        );
}
