// SPDX-License-Identifier: Apache-2.0
// Coming back: from isolation, from a crash, from a partition, and from a boot in which parts of
// the mesh never met.
#include "gossip_net.hpp"
#include "lone_node.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <utility>

using namespace meshhost;
using namespace meshhost::gossip::proto;
using test::gossip_net;
using test::lone_node;
using test::sample_id;
using numbers = std::vector<std::size_t>;

namespace {

constexpr duration heal_interval = heal_config{}.interval;

void boot(gossip_net& net, std::size_t nodes, duration gap) {
    for (std::size_t node = 0; node < nodes; ++node) {
        net.add();
        net.join(node, node == 0 ? numbers{} : numbers{0});
        net.run_for(gap);
    }
}

/// Cuts a mesh of 18 in two, and says whether it is whole within two heal intervals afterwards.
bool merges_after(duration cut, std::uint64_t seed) {
    gossip_net net({}, seed);
    boot(net, 18, 0s);
    net.run_for(60s);
    std::vector<int> sides(18);
    for (std::size_t node = 0; node < 18; ++node)
        sides[node] = static_cast<int>((node + seed) % 2);
    net.set_sides(sides);
    net.run_for(cut);
    net.set_sides({});
    return net.run_until([&] { return net.is_connected(); }, 2 * heal_interval, 500ms);
}

}  // namespace

TEST_CASE("heal: 18 hosts become one mesh whenever they start", "[gossip][heal]") {
    for (const duration gap : {duration(0), duration(200ms)}) {
        for (std::uint64_t seed = 1; seed <= 20; ++seed) {
            INFO("seed " << seed << ", gap " << gap.count());
            gossip_net net({}, seed);
            boot(net, 18, gap);
            CHECK(net.run_until([&] { return net.is_connected(); }, 5s));
            net.run_for(10s);
            CHECK(net.is_connected());
            CHECK(net.asymmetries() == 0);
        }
    }
}

TEST_CASE("heal: a mesh of 18 loses any third and stays one", "[gossip][heal]") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        INFO("seed " << seed);
        gossip_net net({}, seed);
        boot(net, 18, 0s);
        net.run_for(20s);
        for (std::size_t killed = 0; killed < 6; ++killed)
            net.kill(killed * seed % 18 == 0 ? 0 : killed * seed % 18);
        net.run_for(gossip_net::detection + 5s);
        CHECK(net.is_connected());
    }
}

TEST_CASE("heal: a partition of a minute merges within two intervals", "[gossip][heal]") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        INFO("seed " << seed);
        CHECK(merges_after(60s, seed));
    }
}

TEST_CASE("heal: a partition of ten minutes merges within two intervals", "[gossip][heal]") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        INFO("seed " << seed);
        CHECK(merges_after(10min, seed));
    }
}

TEST_CASE("heal: an isolated host is back within two seconds", "[gossip][heal]") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        INFO("seed " << seed);
        gossip_net net({}, seed);
        boot(net, 18, 0s);
        net.run_for(20s);
        std::vector<int> sides(18);
        sides[9] = 1;
        net.set_sides(sides);
        net.run_for(60s);
        CHECK(net.probe(9).active.empty());
        net.set_sides({});
        // A dial into the cut may have begun just before its end.
        const duration within = 2s + gossip_net::dial_timeout;
        CHECK(net.run_until([&] { return !net.probe(9).active.empty(); }, within));
    }
}

TEST_CASE("heal: a host that crashed and came back with its id is whole again", "[gossip][heal]") {
    gossip_net net;
    boot(net, 18, 0s);
    net.run_for(20s);
    for (const std::size_t crashed : {3U, 0U, 11U}) {
        net.kill(crashed);
        net.run_for(1s);  // before anybody noticed
        net.restart(crashed);
        net.join(crashed, {crashed == 0 ? 1U : 0U});
        net.run_for(30s);
        CHECK(net.is_connected());
        CHECK(net.asymmetries() == 0);
        CHECK_FALSE(net.broadcast(crashed, "back " + std::to_string(crashed)));
        net.run_for(2s);
        CHECK(net.reach_of("back " + std::to_string(crashed)) == 17);
    }
}

TEST_CASE(
    "heal: parts that never met become one through a contact they were told of",
    "[gossip][heal]"
) {
    gossip_net net;
    for (std::size_t node = 0; node < 20; ++node)
        net.add();
    for (std::size_t node = 0; node < 20; ++node)
        net.join(node, {node < 10 ? 0U : 10U});
    net.run_for(20s);
    CHECK_FALSE(net.is_connected());
    (void)net.with(15, [&](gossip_state& state, time_point now) {
        state.suggest_peers(net.topic(), std::vector{sample_id(4)}, now);
        return 0;
    });
    CHECK(net.run_until([&] { return net.is_connected(); }, 2 * heal_interval));
}

TEST_CASE("heal: probes within one mesh change no neighbours", "[gossip][heal]") {
    gossip_net net;
    boot(net, 30, 0s);
    net.run_for(2min);
    std::uint64_t probes = 0;
    const std::uint64_t changes = net.neighbor_changes();
    net.run_for(30min);
    for (std::size_t node = 0; node < 30; ++node) {
        probes += net.probe(node).counts.probes;
        CHECK(net.probe(node).counts.heals == 0);
    }
    CHECK(probes > 30);
    CHECK(net.neighbor_changes() - changes <= 4);
}

// --- one node ---

TEST_CASE("heal: an isolated node asks its contacts again and again", "[gossip][heal]") {
    lone_node node;
    node.join({1});
    for (int round = 0; round < 10; ++round) {
        node.fail_dial(1);
        const std::size_t dials = node.wanted.size();
        node.advance(2s);
        CHECK(node.wanted.size() == dials + 1);
    }
    node.link(1);
    node.hear(1, neighbor_message{priority::high, {}});
    node.forget_said();
    node.advance(20s);
    CHECK(node.hearers<join_message>().empty());
}

TEST_CASE("heal: who lost its last neighbour hurries its dials", "[gossip][heal]") {
    lone_node node;
    node.befriend(1, 1);
    node.join({9});
    CHECK(node.wanted == numbers{9});
    CHECK(node.urgent.empty());
    node.lose(1);
    node.advance(20s);
    CHECK(std::count(node.urgent.begin(), node.urgent.end(), 9U) == 1);
    node.fail_dial(9);
    node.advance(2s);
    CHECK(std::count(node.urgent.begin(), node.urgent.end(), 9U) == 2);
}

TEST_CASE("heal: a contact that does not answer is asked again", "[gossip][heal]") {
    lone_node node;
    node.join({1});
    node.link(1);
    CHECK(node.said<join_message>(1).size() == 1);
    node.advance(3s);
    CHECK(node.said<join_message>(1).size() >= 1);
}

TEST_CASE("heal: a lost neighbour is asked back beside the others", "[gossip][heal]") {
    lone_node node;
    node.befriend(1, 6);  // one of them was evicted
    const std::size_t lost = node.active().front();
    node.lose(lost);
    node.befriend(7, 7);
    REQUIRE(node.advance_until_wanted(lost, heal_interval));
    node.link(lost);
    const auto said = node.said_to(lost);
    REQUIRE_FALSE(said.empty());
    CHECK(said.front().after.is_heal);
    node.hear(lost, neighbor_message{priority::high, {}});
    CHECK(node.active().size() == 6);
    CHECK(node.probe().counts.heals == 1);
    CHECK(node.probe().sizes.lost == 0);
}

TEST_CASE("heal: a lost neighbour is dialled at the addresses it had", "[gossip][heal]") {
    lone_node node;
    const byte_buffer data = test::sample_data({198, 51, 100, 1});
    node.link(1);
    node.hear(1, neighbor_message{priority::high, data});
    node.befriend(2, 5);
    node.lose(1);
    node.befriend(6, 6);
    node.addresses.clear();
    REQUIRE(node.advance_until_wanted(1, heal_interval));
    REQUIRE(node.addresses.size() == 1);
    CHECK(node.addresses.front().peer == sample_id(1));
}

TEST_CASE("heal: with room and no reserve the lost are tried one a second", "[gossip][heal]") {
    lone_node node;
    node.befriend(1, 5);
    for (const std::size_t peer : {1U, 2U, 3U})
        node.lose(peer);
    node.advance(4s);
    numbers tried = node.wanted;
    std::sort(tried.begin(), tried.end());
    CHECK(tried == numbers{1, 2, 3});
}

TEST_CASE("heal: a neighbour that closed its link in order is not sought", "[gossip][heal]") {
    lone_node node;
    node.befriend(1, 5);
    node.lose(1);
    CHECK(node.probe().sizes.lost == 1);
    node.close(2);
    CHECK(node.active() == numbers{3, 4, 5});
    CHECK(node.probe().sizes.lost == 1);
}

TEST_CASE("heal: only who was a neighbour counts as lost", "[gossip][heal]") {
    lone_node node;
    node.befriend(1, 3);
    for (std::size_t fake = 100; fake < 110; ++fake)
        node.hear(1, shuffle_reply_message{{{sample_id(fake), {}}}});
    node.hear(2, disconnect_message{true});  // a reserve that we have met
    node.lose(2);
    for (int round = 0; round < 20; ++round) {
        node.advance(1s);
        for (const std::size_t dialled : std::exchange(node.wanted, {}))
            node.fail_dial(dialled);
    }
    CHECK(node.passive().empty());
    CHECK(node.probe().sizes.lost == 1);
}

TEST_CASE("heal: who is asked back makes room without an eviction, twice", "[gossip][heal]") {
    lone_node node;
    node.befriend(1, 5);
    extension heal;
    heal.is_heal = true;
    for (const std::size_t peer : {6U, 7U, 8U}) {
        node.link(peer);
        node.hear(peer, neighbor_message{priority::high, {}}, heal);
    }
    CHECK(node.active() == numbers{1, 2, 3, 4, 5, 6, 7});
    CHECK(node.downs.empty());
    CHECK(node.said<disconnect_message>(8).size() == 1);
}

TEST_CASE("heal: a contact of the same part is left in peace", "[gossip][heal]") {
    lone_node node;
    node.befriend(1, 3);
    (void)node.state.suggest_peers(node.topic, std::vector{sample_id(9)}, node.now);
    REQUIRE(node.advance_until_wanted(9, 2 * heal_interval));
    node.link(9);
    const auto probe = node.said_to(9);
    REQUIRE(probe.size() == 1);
    CHECK(std::get<shuffle_message>(probe.front().what).ttl == 0);
    extension same;
    same.component = probe.front().after.component;
    node.hear(9, shuffle_reply_message{}, same);
    CHECK(node.said<neighbor_message>(9).empty());
}

TEST_CASE("heal: a contact of another part is asked to be a neighbour", "[gossip][heal]") {
    lone_node node;
    node.befriend(1, 3);
    (void)node.state.suggest_peers(node.topic, std::vector{sample_id(9)}, node.now);
    REQUIRE(node.advance_until_wanted(9, 2 * heal_interval));
    node.link(9);
    node.forget_said();
    extension other;
    const byte_buffer mark(32, 0);
    other.component = mark;
    node.hear(9, shuffle_reply_message{}, other);
    CHECK(node.said<neighbor_message>(9).size() == 1);
}

TEST_CASE("heal: a smaller mark is passed on to the neighbours, once", "[gossip][heal]") {
    lone_node node;
    node.befriend(1, 3);
    node.advance(5s);
    node.forget_said();
    extension smaller;
    const byte_buffer mark(32, 0);
    smaller.component = mark;
    node.hear(1, shuffle_reply_message{}, smaller);
    node.advance(1s);
    for (const std::size_t peer : {2U, 3U}) {
        const auto said = node.said_to(peer);
        REQUIRE(said.size() == 1);
        CHECK(std::get<shuffle_reply_message>(said.front().what).nodes.empty());
        CHECK(to_hex(said.front().after.component) == to_hex(mark));
    }
    node.forget_said();
    node.hear(2, shuffle_reply_message{}, smaller);
    node.advance(2s);
    CHECK(node.hearers<shuffle_reply_message>().empty());
}
