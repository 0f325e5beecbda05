// SPDX-License-Identifier: Apache-2.0
// Links and topics: what waits for a link, which link counts, and when one is given up.
#include "gossip/proto/errc.hpp"
#include "gossip_net.hpp"
#include "lone_node.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::gossip::proto;
using test::gossip_net;
using test::lone_node;
using test::sample_id;
using numbers = std::vector<std::size_t>;

namespace {

constexpr neighbor_message high{priority::high, {}};

config quiet() {
    config out;
    out.heal.probes = false;
    out.heal.rejoins = false;
    return out;
}

}  // namespace

TEST_CASE("gossip: what is for a peer waits for its link", "[gossip][links]") {
    lone_node node(quiet());
    node.join({1});
    CHECK(node.wanted == numbers{1});
    CHECK(node.state.probe().queued_frames == 1);
    CHECK(node.said_to(1).empty());
    node.link(1);
    CHECK(node.said<join_message>(1).size() == 1);
    CHECK(node.state.probe().queued_frames == 0);
}

TEST_CASE("gossip: a link is asked for once", "[gossip][links]") {
    lone_node node(quiet());
    node.join({1});
    node.join({1});
    CHECK(node.wanted == numbers{1});
}

TEST_CASE(
    "gossip: what waited is lost with the dial, and the next one dials again",
    "[gossip][links]"
) {
    lone_node node(quiet());
    node.join({1});
    node.fail_dial(1);
    CHECK(node.state.probe().queued_frames == 0);
    node.join({1});
    CHECK(node.wanted == numbers{1, 1});
}

TEST_CASE("gossip: an older life of a link is not heard", "[gossip][links]") {
    lone_node node(quiet());
    const auto& peer = sample_id(1);
    node.state.link_up(peer, link_instance(5), node.now);
    node.state.link_up(peer, link_instance(6), node.now);
    node.drain();
    const byte_buffer join{0, 0, 0};
    node.state.received(peer, link_instance(5), node.topic, join, node.now);
    node.drain();
    CHECK(node.active().empty());
    node.state.received(peer, link_instance(6), node.topic, join, node.now);
    node.state.link_down(peer, link_instance(5), link_end::lost, node.now);
    node.drain();
    CHECK(node.active() == numbers{1});
}

TEST_CASE("gossip: a peer that starts anew is no neighbour until it says so", "[gossip][links]") {
    lone_node node(quiet());
    node.befriend(1, 2);
    node.link(1);
    CHECK(node.active() == numbers{2});
    CHECK(node.downs.back() == std::pair(std::size_t{1}, down_reason::closed));
    node.hear(1, join_message{});
    CHECK(node.active() == numbers{1, 2});
}

TEST_CASE("gossip: a link that nobody needs is dropped", "[gossip][links]") {
    lone_node node(quiet());
    node.link(1);
    node.advance(4s);
    CHECK(node.dropped.empty());
    node.advance(1s);
    CHECK(node.dropped == numbers{1});
    CHECK(node.state.probe().links == 0);
    CHECK_FALSE(node.state.next_deadline() < node.now);
}

TEST_CASE("gossip: a neighbour's link stays, an evicted one's does not", "[gossip][links]") {
    lone_node node(quiet());
    node.befriend(1, 5);
    node.advance(1h);
    CHECK(node.dropped.empty());
    node.befriend(6, 6);
    node.advance(6s);
    REQUIRE(node.dropped.size() == 1);
    CHECK(node.dropped.front() == node.downs.front().first);
}

TEST_CASE("gossip: topics share a link, and it stays while one needs it", "[gossip][links]") {
    lone_node node(quiet());
    const identity::topic_id other = test::sample_topic(8);
    (void)node.state.join(other, {}, node.now);
    node.befriend(1, 1);
    node.topic = other;
    node.hear(1, high);
    node.state.leave(other, node.now);
    node.drain();
    node.advance(10s);
    node.topic = test::sample_topic();
    CHECK(node.active() == numbers{1});
    CHECK(node.dropped.empty());
    node.hear(1, disconnect_message{true});
    node.advance(10s);
    CHECK(node.dropped == numbers{1});
}

TEST_CASE("gossip: what cannot be read is reported, and changes nothing", "[gossip]") {
    lone_node node(quiet());
    node.befriend(1, 1);
    const byte_buffer nonsense{9, 9, 9};
    node.hear_bytes(1, nonsense);
    byte_buffer bad_id{0, 1};
    bad_id.resize(2 + 32 + 2);
    node.hear_bytes(1, bad_id);
    CHECK(node.violations == std::vector<error_code>{errc::malformed, errc::bad_endpoint_id});
    CHECK(node.active() == numbers{1});
}

TEST_CASE("gossip: topics that were not joined are neither heard nor broadcast", "[gossip]") {
    lone_node node(quiet(), false);
    node.link(1);
    node.hear(1, join_message{});
    CHECK_FALSE(node.state.probe(node.topic));
    CHECK(node.said_to(1).empty());
    CHECK(node.broadcast("hello") == errc::not_joined);
}

TEST_CASE("gossip: who takes us for a member of a topic is told that we are none", "[gossip]") {
    lone_node node(quiet(), false);
    node.link(1);
    node.hear(1, high);
    const auto said = node.said_to(1);
    REQUIRE(said.size() == 1);
    CHECK_FALSE(std::get<disconnect_message>(said.front().what).is_alive);
    CHECK(said.front().output.is_last);
    node.hear(1, prune_message{});
    CHECK(node.said_to(1).empty());  // once a second is enough
    node.advance(1s);
    node.hear(1, disconnect_message{true});
    CHECK(node.said_to(1).empty());
    node.hear(1, prune_message{});
    CHECK(node.said_to(1).size() == 1);
}

TEST_CASE("gossip: own data is bounded, and goes with every request", "[gossip]") {
    lone_node node(quiet());
    const byte_buffer data = test::sample_data({198, 51, 100, 1});
    CHECK(node.state.set_peer_data(byte_buffer(257), node.now) == errc::peer_data_too_large);
    CHECK_FALSE(node.state.set_peer_data(data, node.now));
    node.join({1});
    node.link(1);
    CHECK(to_hex(node.said<join_message>(1).front().data) == to_hex(data));
    node.hear(1, high);
    CHECK(to_hex(node.said<neighbor_message>(1).front().data) == to_hex(data));
}

TEST_CASE("gossip: bytes are counted by what they are for", "[gossip]") {
    lone_node node(quiet());
    node.befriend(1, 2);
    const traffic_counts before = node.state.probe().sent;
    (void)node.broadcast("hello");
    const traffic_counts after = node.state.probe().sent;
    const auto payload = static_cast<std::size_t>(traffic_class::payload);
    CHECK(after[payload].frames - before[payload].frames == 2);
    CHECK(after[payload].bytes - before[payload].bytes == 2 * 46);
    const auto membership = static_cast<std::size_t>(traffic_class::membership);
    CHECK(node.state.probe().received[membership].frames == 2);
}

TEST_CASE("gossip: a tier says how many neighbours a node has", "[gossip]") {
    for (const auto& [which, most] :
         {std::pair(tier::leaf, 3UL), std::pair(tier::edge, 5UL), std::pair(tier::hub, 10UL)}) {
        lone_node node(config::for_tier(which));
        node.befriend(1, 20);
        CHECK(node.active().size() == most);
    }
}

// --- stories ---

TEST_CASE("gossip: two nodes meet, talk and part", "[gossip][story]") {
    gossip_net net;
    net.add();
    net.add();
    net.join(0, {});
    net.join(1, {0});
    REQUIRE(net.run_until([&] { return net.probe(0).active.size() == 1; }, 1s));
    net.run_for(100ms);
    CHECK(net.asymmetries() == 0);
    CHECK_FALSE(net.broadcast(0, "hello"));
    CHECK_FALSE(net.broadcast(1, "hello back"));
    net.run_for(100ms);
    CHECK(net.delivered(1) == std::vector<std::string>{"hello"});
    CHECK(net.delivered(0) == std::vector<std::string>{"hello back"});
    net.leave(1);
    net.run_for(100ms);
    CHECK(net.probe(0).active.empty());
    REQUIRE(net.downs(0).size() == 1);
    CHECK(net.downs(0).front().reason == down_reason::polite);
}

TEST_CASE("gossip: a hundred nodes hear every message once", "[gossip][story]") {
    gossip_net net;
    for (std::size_t node = 0; node < 100; ++node) {
        net.add();
        net.join(node, node == 0 ? numbers{} : numbers{0});
    }
    net.run_for(60s);
    CHECK(net.is_connected());
    CHECK(net.asymmetries() == 0);
    CHECK(net.mean_degree() >= 4.7);
    for (std::size_t round = 0; round < 30; ++round) {
        const std::string content = "message " + std::to_string(round);
        CHECK_FALSE(net.broadcast(round * 37 % 100, content));
        net.run_for(1s);
        CHECK(net.reach_of(content) == 99);
    }
    net.check_invariants();
}

TEST_CASE("gossip: a settled mesh changes no neighbours", "[gossip][story]") {
    gossip_net net;
    for (std::size_t node = 0; node < 50; ++node) {
        net.add();
        net.join(node, node == 0 ? numbers{} : numbers{0});
    }
    net.run_for(5min);
    const std::uint64_t changes = net.neighbor_changes();
    net.run_for(1h);
    // Two nodes that still had room may meet; who was never full mixes then, three times.
    CHECK(net.neighbor_changes() - changes <= 14);
}

TEST_CASE("gossip: the same seed gives the same run", "[gossip][story]") {
    const auto run = [] {
        gossip_net net({}, 42);
        for (std::size_t node = 0; node < 30; ++node) {
            net.add();
            net.join(node, node == 0 ? numbers{} : numbers{0});
        }
        net.run_for(30s);
        std::string trace;
        for (std::size_t node = 0; node < 30; ++node) {
            for (const auto& peer : net.probe(node).active)
                trace += peer.short_text() + " ";
            for (const auto& count : net.state(node).probe().sent)
                trace += std::to_string(count.bytes) + " ";
        }
        return trace;
    };
    CHECK(run() == run());
}
