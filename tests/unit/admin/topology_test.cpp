// SPDX-License-Identifier: Apache-2.0
#include "admin/meters_json.hpp"
#include "support/catch.hpp"

using namespace meshhost;

namespace {

std::string id_of(char digit) {
    return std::string(64, digit);
}

admin::peer_snapshot peer_with(char digit, std::vector<std::string> neighbors) {
    admin::peer_snapshot peer;
    peer.id = id_of(digit);
    peer.state = "alive";
    peer.neighbors = std::move(neighbors);
    return peer;
}

admin::node_snapshot self_with(std::vector<admin::gossip_snapshot::neighbor> neighbors) {
    admin::node_snapshot node;
    node.id = id_of('a');
    node.gossip.emplace();
    node.gossip->neighbors = std::move(neighbors);
    return node;
}

std::string short_of(char digit) {
    return id_of(digit).substr(0, 16);
}

}  // namespace

TEST_CASE("topology: an edge is told once, with the mode of our own", "[admin]") {
    const auto node = self_with({{id_of('b'), "lazy"}});
    const std::vector<admin::peer_snapshot> peers{
        peer_with('b', {short_of('a'), short_of('c')}),
        peer_with('c', {short_of('b')})};
    const auto all = admin::topology_json(node, peers);
    CHECK(all.at("seen_by").as_string() == id_of('a'));
    CHECK(all.at("nodes").as_array().size() == 3);
    const auto& edges = all.at("edges").as_array();
    REQUIRE(edges.size() == 2);
    CHECK(edges[0].at("a").as_string() == id_of('a'));
    CHECK(edges[0].at("b").as_string() == id_of('b'));
    CHECK(edges[0].at("mode").as_string() == "lazy");
    CHECK(edges[1].at("b").as_string() == id_of('c'));
    CHECK(edges[1].at("mode").as_string().empty());
}

TEST_CASE("topology: the dead have no edges, nor have the unknown", "[admin]") {
    auto dead = peer_with('b', {short_of('a')});
    dead.state = "dead";
    const std::vector<admin::peer_snapshot> peers{dead, peer_with('c', {short_of('f')})};
    CHECK(admin::topology_json(self_with({}), peers).at("edges").as_array().empty());
}

TEST_CASE("topology: an id that two nodes begin with names neither", "[admin]") {
    auto twin = peer_with('b', {});
    twin.id.back() = 'c';
    const std::vector<admin::peer_snapshot> peers{
        peer_with('b', {}),
        twin,
        peer_with('d', {short_of('b')})};
    CHECK(admin::topology_json(self_with({}), peers).at("edges").as_array().empty());
}
