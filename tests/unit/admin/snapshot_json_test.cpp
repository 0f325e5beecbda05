// SPDX-License-Identifier: Apache-2.0
#include "admin/snapshot_json.hpp"
#include "fake_host.hpp"
#include "support/catch.hpp"

#include <boost/json/serialize.hpp>

using namespace meshhost;

namespace {

std::string status_text() {
    const test::fake_host host;
    return boost::json::serialize(admin::status_json(host.node(), host.peers(), host.plugins()));
}

}  // namespace

TEST_CASE("admin: the members always add up to their total", "[admin]") {
    const auto status = boost::json::parse(status_text()).as_object();
    const auto& members = status.at("members").as_object();
    int sum = 0;
    for (const auto& [state, count] : members)
        if (state != "total") sum += count.to_number<int>();
    CHECK(members.at("total").to_number<int>() == 3);
    CHECK(sum == 3);
}

TEST_CASE("admin: paths count the connected peers only and name the slowest", "[admin]") {
    const auto status = boost::json::parse(status_text()).as_object();
    const auto& paths = status.at("paths").as_object();
    CHECK(paths.at("direct").to_number<int>() == 1);
    CHECK(paths.at("relayed").to_number<int>() == 0);
    CHECK(paths.at("worst").as_object().at("name").as_string() == "gateway-01");
    CHECK(paths.at("worst").as_object().at("rtt_us").to_number<int>() == 1500);
}

TEST_CASE("admin: what is wrong is a warning, by name and with its reason", "[admin]") {
    const auto status = boost::json::parse(status_text()).as_object();
    const auto& warnings = status.at("warnings").as_array();
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].as_string() == std::string(64, 'b') + " is dead: nothing heard for 30 s");

    auto broken = test::fake_host().plugins();
    broken.front().error = "MP010 no symbol";
    const auto worse = admin::status_json(test::fake_host().node(), {}, broken);
    CHECK(
        worse.at("warnings").as_array().front().as_string()
        == "plugin /p/compute.so: MP010 no symbol"
    );
}

TEST_CASE("admin: connected peers without a gossip neighbor are a warning after 30 s", "[admin]") {
    auto node = test::fake_host().node();
    auto peer = test::connected_peer();
    const auto warnings = [&] {
        return admin::status_json(node, std::vector{peer}, {}).at("warnings").as_array();
    };
    peer.since = 30s;
    CHECK(warnings().empty());  // the gossip is switched off
    node.gossip.emplace();
    REQUIRE(warnings().size() == 1);
    CHECK_THAT(
        std::string(warnings().front().as_string()),
        Catch::Matchers::EndsWith("compare gossip.alpn and mesh.secret_file at both ends")
    );
    peer.since = 29s;
    CHECK(warnings().empty());
    peer.since = 30s;
    node.gossip->neighbors.push_back({peer.id, "eager"});
    CHECK(warnings().empty());
    node.gossip->neighbors.clear();
    peer.path.reset();
    CHECK(warnings().empty());
}

TEST_CASE("admin: what is not known is null, never a sentinel", "[admin]") {
    const auto peers = admin::peers_json(std::vector{test::lost_peer()});
    const auto& peer = peers.at("peers").as_array().front().as_object();
    for (const auto* key : {"name", "version", "uptime_ms", "last_seen_ms", "path"})
        CHECK(peer.at(key).is_null());
    CHECK(peer.at("evidence").as_string() == "nothing heard for 30 s");

    admin::path_snapshot unmeasured;
    unmeasured.kind = "unknown";
    CHECK(admin::path_json(unmeasured).at("rtt_us").is_null());
}

TEST_CASE("admin: a peer is shown as it was agreed", "[admin]") {
    const auto peers = admin::peers_json(std::vector{test::connected_peer()});
    CHECK(
        boost::json::serialize(peers)
        == R"({"peers":[{"id":")" + std::string(64, 'a')
               + R"(","name":"gateway-01","version":"0.1.0","state":"alive","since_ms":0,"evidence":null,"roles":["gateway"],)"
                 R"("incarnation":7,"sequence":2,"uptime_ms":90000,"last_seen_ms":200,"addresses":[],"gossip":"eager",)"
                 R"("path":{"kind":"direct","reason":"same_host","remote":"127.0.0.1:4433",)"
                 R"("rtt_us":1500,"rtt_min_us":null,"bytes_sent":0,"bytes_received":0,)"
                 R"("mtu":0},)"
                 R"("contributions":[{"role":"gateway","key":"clients","unit":"{client}","value":3}],)"
                 R"("tier":null,"budget":{"cpu_millicores":null,"memory_bytes":null,"source":"none"},)"
                 R"("load":{"cpu":null,"memory":null},"neighbors":{"count":0,"ids":[]},)"
                 R"("lease_ms":null,"capabilities":0,"home_relay":null}]})"
    );
}

TEST_CASE("admin: the gossip's neighbours are counted and named", "[admin]") {
    admin::node_snapshot node;
    CHECK(admin::status_json(node, {}, {}).at("gossip").is_null());
    node.gossip = {
        .topic = std::string(64, 'e'),
        .neighbors = {{"aa", "eager"}, {"bb", "lazy"}, {"cc", "eager"}},
        .reserve = 12,
        .delivered = 40,
        .duplicates = 4};
    CHECK(
        boost::json::serialize(admin::status_json(node, {}, {}).at("gossip"))
        == R"({"topic":")" + std::string(64, 'e')
               + R"(","degree":3,"eager":2,"lazy":1,"reserve":12,"delivered":40,"duplicates":4,)"
                 R"("neighbors":[{"id":"aa","mode":"eager"},{"id":"bb","mode":"lazy"},)"
                 R"({"id":"cc","mode":"eager"}]})"
    );
}
