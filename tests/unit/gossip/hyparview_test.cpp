// SPDX-License-Identifier: Apache-2.0
// The membership rules, one at a time: what a node says when it hears something.
#include "lone_node.hpp"
#include "support/catch.hpp"

#include <algorithm>

using namespace meshhost;
using namespace meshhost::gossip::proto;
using test::lone_node;
using test::sample_data;
using test::sample_id;
using numbers = std::vector<std::size_t>;

namespace {

constexpr neighbor_message high{priority::high, {}};
constexpr neighbor_message low{priority::low, {}};

/// Without the probes and re-joins that run on a clock of their own.
config quiet() {
    config out;
    out.heal.probes = false;
    out.heal.rejoins = false;
    out.heal.extra_links = 0;
    return out;
}

peer_list nodes(std::size_t first, std::size_t last) {
    peer_list list;
    for (std::size_t peer = first; peer <= last; ++peer)
        list.push_back({sample_id(peer), {}});
    return list;
}

bool contains(const numbers& list, std::size_t number) {
    return std::find(list.begin(), list.end(), number) != list.end();
}

/// A node with five neighbours, 1 to 5, and its reserve: 11 to 20.
struct full_node : lone_node {
    explicit full_node(const config& options = quiet())
        : lone_node(options) {
        befriend(1, 5);
        hear(1, shuffle_reply_message{nodes(11, 20)});
        forget_said();
    }
};

}  // namespace

// --- joining ---

TEST_CASE("hyparview: joining asks every contact", "[gossip][hyparview]") {
    lone_node node(quiet());
    node.join({1, 2, 0});
    CHECK(node.wanted == numbers{1, 2});
    node.link(1);
    CHECK(node.said<join_message>(1).size() == 1);
    CHECK(node.active().empty());
}

TEST_CASE("hyparview: who joins is let in, answered and passed on", "[gossip][hyparview]") {
    lone_node node(quiet());
    node.befriend(1, 3);
    node.link(9);
    const byte_buffer data = sample_data({198, 51, 100, 1});
    node.hear(9, join_message{data});
    CHECK(node.active() == numbers{1, 2, 3, 9});
    CHECK(node.ups.back() == 9);
    const auto replies = node.said<neighbor_message>(9);
    REQUIRE(replies.size() == 1);
    CHECK(replies.front().how == priority::high);
    for (const std::size_t peer : {1U, 2U, 3U}) {
        const auto forwarded = node.said<forward_join_message>(peer);
        REQUIRE(forwarded.size() == 1);
        CHECK(forwarded.front().peer.id == sample_id(9));
        CHECK(to_hex(forwarded.front().peer.data) == to_hex(data));
        CHECK(forwarded.front().ttl == 6);
    }
}

TEST_CASE("hyparview: a neighbour that joins is answered each time", "[gossip][hyparview]") {
    lone_node node(quiet());
    node.befriend(1, 1);
    node.link(9);
    for (int life = 0; life < 3; ++life) {  // it started anew, and its link does not show it
        node.hear(9, join_message{});
        CHECK(node.said<neighbor_message>(9).size() == 1);
    }
    CHECK(node.ups == numbers{1, 9});
    CHECK(node.said<forward_join_message>(1).size() == 1);  // and passed on once
}

TEST_CASE("hyparview: a full node evicts for who joins", "[gossip][hyparview]") {
    full_node node;
    node.link(9);
    node.hear(9, join_message{});
    CHECK(node.active().size() == 5);
    CHECK(contains(node.active(), 9));
    REQUIRE(node.downs.size() == 1);
    const auto [evicted, why] = node.downs.front();
    CHECK(why == down_reason::evicted);
    CHECK(contains(node.passive(), evicted));
    const auto said = node.said_to(evicted);
    REQUIRE(said.size() == 2);
    CHECK(std::get<shuffle_reply_message>(said[0].what).nodes.size() == 7);
    CHECK(std::get<disconnect_message>(said[1].what).is_alive);
    CHECK(said[1].output.is_last);
}

TEST_CASE("hyparview: neighbours of our own choice outlast newcomers", "[gossip][hyparview]") {
    full_node node;
    for (const std::size_t chosen : {1U, 2U}) {  // lose two, and choose two from the reserve
        node.lose(chosen);
        const std::size_t next = node.wanted.back();
        node.link(next);
        node.hear(next, low);
        CHECK(contains(node.active(), next));
    }
    const numbers chosen(node.wanted.end() - 2, node.wanted.end());
    for (std::size_t newcomer = 30; newcomer < 60; ++newcomer) {
        node.link(newcomer);
        node.hear(newcomer, high);
    }
    for (const std::size_t peer : chosen)
        CHECK(contains(node.active(), peer));
}

// --- ForwardJoin ---

TEST_CASE("hyparview: a forwarded join walks on", "[gossip][hyparview]") {
    full_node node;
    node.hear(1, forward_join_message{{sample_id(9), {}}, 6});
    const numbers next = node.hearers<forward_join_message>();
    REQUIRE(next.size() == 1);
    CHECK(next.front() != 1);
    CHECK(node.said<forward_join_message>(next.front()).front().ttl == 5);
    CHECK_FALSE(contains(node.passive(), 9));
}

TEST_CASE("hyparview: a forwarded join enters the reserve on its way", "[gossip][hyparview]") {
    full_node node;
    node.hear(1, forward_join_message{{sample_id(9), {}}, 3});
    CHECK(contains(node.passive(), 9));
    CHECK(node.hearers<forward_join_message>().size() == 1);
}

TEST_CASE("hyparview: where a join ends the newcomer is asked", "[gossip][hyparview]") {
    full_node node;
    node.hear(1, forward_join_message{{sample_id(9), {}}, 0});
    CHECK(node.wanted == numbers{9});
    CHECK_FALSE(contains(node.active(), 9));
    node.link(9);
    const auto asked = node.said<neighbor_message>(9);
    REQUIRE(asked.size() == 1);
    CHECK(asked.front().how == priority::high);
    node.hear(9, high);
    CHECK(contains(node.active(), 9));
    CHECK(node.said<neighbor_message>(9).empty());
}

TEST_CASE(
    "hyparview: a node with one neighbour takes whoever is forwarded",
    "[gossip][hyparview]"
) {
    lone_node node(quiet());
    node.befriend(1, 1);
    node.hear(1, forward_join_message{{sample_id(9), {}}, 5});
    CHECK(node.wanted == numbers{9});
}

TEST_CASE("hyparview: no walk is longer than ours", "[gossip][hyparview]") {
    lone_node node(quiet());
    node.befriend(1, 3);
    node.hear(1, forward_join_message{{sample_id(9), {}}, 65'535});
    const numbers joins = node.hearers<forward_join_message>();
    REQUIRE(joins.size() == 1);
    CHECK(node.said<forward_join_message>(joins.front()).front().ttl == 5);
    node.hear(1, shuffle_message{sample_id(2), nodes(11, 13), 65'535});
    CHECK(node.said<shuffle_message>(3).front().ttl == 5);
}

// --- Neighbor ---

TEST_CASE("hyparview: a neighbour request is answered once", "[gossip][hyparview]") {
    lone_node node(quiet());
    node.link(1);
    node.hear(1, low);
    CHECK(node.said<neighbor_message>(1).size() == 1);
    node.hear(1, low);
    CHECK(node.said<neighbor_message>(1).empty());
    CHECK(node.ups == numbers{1});
}

TEST_CASE("hyparview: a new link may be answered again", "[gossip][hyparview]") {
    lone_node node(quiet());
    node.link(1);
    node.hear(1, low);
    node.lose(1);
    node.forget_said();
    node.link(1);
    node.hear(1, high);
    CHECK(node.said<neighbor_message>(1).size() == 1);
}

TEST_CASE("hyparview: a full node refuses low priority with others to ask", "[gossip][hyparview]") {
    full_node node;
    node.link(9);
    node.hear(9, low);
    CHECK_FALSE(contains(node.active(), 9));
    const auto said = node.said_to(9);
    REQUIRE(said.size() == 2);
    CHECK(std::get<shuffle_reply_message>(said[0].what).nodes.size() == 7);
    CHECK(std::get<disconnect_message>(said[1].what).is_alive);
    CHECK(node.downs.empty());
}

TEST_CASE("hyparview: a full node makes room for high priority", "[gossip][hyparview]") {
    full_node node;
    node.link(9);
    node.hear(9, high);
    CHECK(contains(node.active(), 9));
    CHECK(node.downs.size() == 1);
}

TEST_CASE("hyparview: a flood of newcomers is refused at its rate", "[gossip][hyparview]") {
    config options = quiet();
    options.membership.admissions_per_second = 20;
    options.membership.admissions_burst = 40;
    full_node node(options);
    for (std::size_t newcomer = 30; newcomer < 130; ++newcomer) {
        node.link(newcomer);
        node.hear(newcomer, join_message{});
    }
    CHECK(node.probe().counts.refusals_sent == 60);
    const auto refused = node.said<shuffle_reply_message>(129);
    REQUIRE(refused.size() == 1);
    CHECK(refused.front().nodes.size() == 7);
    node.advance(1s);
    node.link(200);
    node.hear(200, join_message{});
    CHECK(contains(node.active(), 200));
}

// --- losing ---

TEST_CASE("hyparview: who takes leave alive goes to the reserve", "[gossip][hyparview]") {
    full_node node;
    node.hear(1, disconnect_message{true});
    CHECK(contains(node.passive(), 1));
    CHECK(node.downs.back() == std::pair(std::size_t{1}, down_reason::polite));
    CHECK(node.wanted.size() == 1);  // and somebody else is asked
    CHECK(node.wanted.front() != 1);
}

TEST_CASE("hyparview: who takes leave for good is forgotten", "[gossip][hyparview]") {
    full_node node;
    node.hear(1, disconnect_message{false});
    CHECK_FALSE(contains(node.passive(), 1));
}

TEST_CASE("hyparview: a lost neighbour is replaced from the reserve", "[gossip][hyparview]") {
    full_node node;
    node.lose(1);
    CHECK(node.downs.back() == std::pair(std::size_t{1}, down_reason::closed));
    REQUIRE(node.wanted.size() == 1);
    const std::size_t next = node.wanted.front();
    node.link(next);
    CHECK(node.said<neighbor_message>(next).front().how == priority::low);
    node.hear(next, low);
    CHECK(contains(node.active(), next));
    CHECK_FALSE(contains(node.passive(), next));
}

TEST_CASE("hyparview: who has no neighbour left insists", "[gossip][hyparview]") {
    lone_node node(quiet());
    node.befriend(1, 1);
    node.hear(1, shuffle_reply_message{nodes(11, 12)});
    REQUIRE(node.wanted.size() == 1);
    node.link(node.wanted.front());
    CHECK(node.said<neighbor_message>(node.wanted.front()).front().how == priority::low);
    node.lose(1);
    REQUIRE(node.wanted.size() == 2);
    node.link(node.wanted.back());
    CHECK(node.said<neighbor_message>(node.wanted.back()).front().how == priority::high);
}

TEST_CASE("hyparview: a refusal leads to the next reserve at once", "[gossip][hyparview]") {
    full_node node;
    node.lose(1);
    const std::size_t first = node.wanted.back();
    node.link(first);
    node.hear(first, shuffle_reply_message{});
    node.hear(first, disconnect_message{true});
    REQUIRE(node.wanted.size() == 2);
    CHECK(node.wanted.back() != first);
    CHECK(contains(node.passive(), first));
}

TEST_CASE("hyparview: eight refusals in a row are enough for now", "[gossip][hyparview]") {
    full_node node;
    node.lose(1);
    for (int refused = 0; refused < 20; ++refused) {
        const std::size_t asked = node.wanted.back();
        node.link(asked);
        node.hear(asked, disconnect_message{true});
    }
    CHECK(node.wanted.size() == 8);
    node.advance(10s);  // a shuffle starts anew
    CHECK(node.wanted.size() > 8);
}

TEST_CASE(
    "hyparview: a dial that failed leads to the next reserve at once",
    "[gossip][hyparview]"
) {
    full_node node;
    node.lose(1);
    const std::size_t first = node.wanted.back();
    node.fail_dial(first);
    REQUIRE(node.wanted.size() == 2);
    CHECK_FALSE(contains(node.passive(), first));
}

TEST_CASE("hyparview: dials that fail are no refusals", "[gossip][hyparview]") {
    full_node node;
    node.lose(1);
    for (int dead = 0; dead < 9; ++dead)
        node.fail_dial(node.wanted.back());
    CHECK(node.wanted.size() == 10);  // the whole reserve
}

TEST_CASE(
    "hyparview: beside a dial that takes long another is tried, and may still succeed",
    "[gossip][hyparview]"
) {
    full_node node;
    node.lose(1);
    const std::size_t far = node.wanted.back();
    node.advance(510ms);
    CHECK(node.wanted.size() == 2);
    CHECK(contains(node.passive(), far));
    node.link(far);
    node.hear(far, low);
    CHECK(contains(node.active(), far));
}

TEST_CASE("hyparview: a silent peer is given up after 500 ms", "[gossip][hyparview]") {
    full_node node;
    node.lose(1);
    const std::size_t silent = node.wanted.back();
    node.advance(300ms);
    node.link(silent);  // only now does its time run
    node.advance(490ms);
    CHECK(node.wanted.size() == 1);
    node.advance(20ms);
    CHECK(node.wanted.size() == 2);
    CHECK_FALSE(contains(node.passive(), silent));
}

// --- shuffles ---

TEST_CASE("hyparview: a shuffle carries us, 3 neighbours and 4 reserves", "[gossip][hyparview]") {
    full_node node;
    node.advance(5s);
    const numbers targets = node.hearers<shuffle_message>();
    REQUIRE(targets.size() == 1);
    const auto shuffles = node.said<shuffle_message>(targets.front());
    const shuffle_message& m = shuffles.front();
    CHECK(m.origin == sample_id(lone_node::self));
    CHECK(m.ttl == 6);
    CHECK(m.nodes.size() == 8);
    CHECK(m.nodes.back().id == m.origin);
    for (const peer_info& info : m.nodes)
        CHECK(info.id != sample_id(targets.front()));
}

TEST_CASE(
    "hyparview: the first shuffles exchange a neighbour for a reserve",
    "[gossip][hyparview]"
) {
    full_node node;
    SECTION("that is half full") {
        node.hear(1, shuffle_reply_message{nodes(21, 25)});
        node.advance(5s);
        REQUIRE(node.downs.size() == 1);
        CHECK(node.downs.front().second == down_reason::evicted);
        CHECK(contains(node.passive(), node.downs.front().first));
        CHECK_FALSE(node.wanted.empty());
        CHECK(node.wanted.front() != node.downs.front().first);
    }
    SECTION("not in a small mesh, which is mixed as it is") {
        node.advance(5min);
        CHECK(node.downs.empty());
    }
}

TEST_CASE(
    "hyparview: a shuffle walks on to who is neither its sender nor its origin",
    "[gossip][hyparview]"
) {
    lone_node node(quiet());
    node.befriend(1, 3);
    node.hear(1, shuffle_message{sample_id(2), nodes(11, 13), 4});
    CHECK(node.hearers<shuffle_message>() == numbers{3});
    CHECK(node.said<shuffle_message>(3).front().ttl == 3);
    CHECK(node.passive().empty());
}

TEST_CASE("hyparview: a shuffle ends where it has nowhere to go", "[gossip][hyparview]") {
    lone_node node(quiet());
    node.befriend(1, 2);
    node.hear(1, shuffle_message{sample_id(2), nodes(11, 13), 4});
    CHECK(node.passive() == numbers{11, 12, 13});
    CHECK(node.said<shuffle_reply_message>(2).size() == 1);
}

TEST_CASE("hyparview: a shuffle is answered with as many nodes", "[gossip][hyparview]") {
    full_node node;
    node.hear(1, shuffle_message{sample_id(40), nodes(41, 44), 0});
    node.link(40);
    const auto replies = node.said<shuffle_reply_message>(40);
    REQUIRE(replies.size() == 1);
    CHECK(replies.front().nodes.size() == 4);
    for (const std::size_t peer : {41U, 42U, 43U, 44U})
        CHECK(contains(node.passive(), peer));
}

TEST_CASE("hyparview: the reserve is bounded", "[gossip][hyparview]") {
    full_node node;
    for (std::size_t peer = 100; peer < 200; peer += 10)
        node.hear(1, shuffle_reply_message{nodes(peer, peer + 9)});
    CHECK(node.passive().size() == 30);
}

TEST_CASE("hyparview: one network does not fill the reserve", "[gossip][hyparview]") {
    full_node node;
    std::vector<byte_buffer> data;
    for (std::uint8_t i = 0; i < 90; ++i)
        data.push_back(sample_data({198, 51, 1, i}));
    for (std::size_t peer = 100; peer < 190; ++peer)
        node.hear(1, shuffle_reply_message{{{sample_id(peer), data[peer - 100]}}});
    const numbers filled = node.passive();
    CHECK(std::count_if(filled.begin(), filled.end(), [](auto peer) { return peer >= 100; }) >= 12);
    // Others come, and take its places: it keeps its share of 30.
    node.hear(1, shuffle_reply_message{nodes(200, 215)});
    const numbers mixed = node.passive();
    CHECK(
        std::count_if(
            mixed.begin(),
            mixed.end(),
            [](auto peer) { return peer >= 100 && peer < 190; }
        )
        <= 12
    );
}

TEST_CASE("hyparview: an idle node shuffles ever more seldom", "[gossip][hyparview]") {
    full_node node;
    node.advance(5s);
    CHECK(node.hearers<shuffle_message>().size() == 1);
    node.advance(2h);
    CHECK(node.hearers<shuffle_message>().size() < 20);
    node.forget_said();
    node.hear(1, disconnect_message{true});  // its neighbours changed
    node.advance(10s);
    CHECK(node.hearers<shuffle_message>().size() >= 1);
}

// --- strangers ---

TEST_CASE("hyparview: who takes us for a neighbour and is none is told", "[gossip][hyparview]") {
    full_node node;
    node.link(9);
    node.hear(9, prune_message{});
    const auto said = node.said<disconnect_message>(9);
    REQUIRE(said.size() == 1);
    CHECK(said.front().is_alive);
    node.hear(9, shuffle_message{sample_id(9), nodes(11, 12), 6});
    CHECK(node.said_to(9).empty());  // once a second is enough
    node.advance(1s);
    node.hear(9, forward_join_message{{sample_id(8), {}}, 6});
    CHECK(node.said<disconnect_message>(9).size() == 1);
}

TEST_CASE("hyparview: a stranger's nodes are not taken", "[gossip][hyparview]") {
    full_node node;
    node.link(9);
    node.hear(9, shuffle_reply_message{nodes(40, 50)});
    CHECK_FALSE(contains(node.passive(), 40));
}

TEST_CASE("hyparview: a stranger's probe brings itself, not others", "[gossip][hyparview]") {
    full_node node;
    node.link(9);
    shuffle_message probe{sample_id(9), nodes(40, 50), 0};
    probe.nodes.push_back({sample_id(9), {}});
    node.hear(9, probe);
    CHECK(node.said<shuffle_reply_message>(9).size() == 1);
    CHECK(contains(node.passive(), 9));
    CHECK(node.passive().size() == 11);
}

TEST_CASE("hyparview: what goes between neighbours is not read of others", "[gossip][hyparview]") {
    full_node node;
    node.link(9);
    byte_buffer forward_join{0, 1};
    forward_join.resize(2 + 32 + 2);  // with an id that is none
    node.hear_bytes(9, forward_join);
    CHECK(node.violations.empty());
    CHECK(node.probe().counts.strangers == 1);
    node.hear_bytes(1, forward_join);
    CHECK(node.violations.size() == 1);
}

TEST_CASE("hyparview: a stranger has so many ids read and no more", "[gossip][hyparview]") {
    full_node node;
    node.link(9);
    const auto answered = [&] {
        for (std::size_t frame = 0; frame < 10; ++frame)
            node.hear(9, shuffle_message{sample_id(9), nodes(40, 40 + shuffle_nodes_max - 1), 0});
        return node.said<shuffle_reply_message>(9).size();
    };
    CHECK(answered() == 2);
    CHECK(answered() == 0);
    node.advance(4s);
    CHECK(answered() == 1);
}

TEST_CASE("hyparview: addresses that change are told once", "[gossip][hyparview]") {
    lone_node node(quiet());
    node.link(1);
    const byte_buffer data = sample_data({198, 51, 100, 1});
    node.hear(1, neighbor_message{priority::high, data});
    node.hear(1, neighbor_message{priority::high, data});
    REQUIRE(node.addresses.size() == 1);
    CHECK(node.addresses.front().peer == sample_id(1));
    CHECK(node.addresses.front().addr.direct.front().to_string() == "198.51.100.1:4433");
    const byte_buffer moved = sample_data({203, 0, 113, 9});
    node.hear(1, neighbor_message{priority::high, moved});
    CHECK(node.addresses.size() == 2);
}

TEST_CASE("hyparview: a reserve is dialled at the addresses we keep", "[gossip][hyparview]") {
    lone_node node(quiet());
    node.befriend(1, 5);
    const byte_buffer data = sample_data({198, 51, 100, 1});
    node.hear(1, shuffle_reply_message{{{sample_id(11), data}}});
    CHECK(node.addresses.size() == 1);
    node.advance(1h);  // whoever dials has forgotten them
    node.lose(2);
    CHECK(node.wanted == numbers{11});
    REQUIRE(node.addresses.size() == 2);
    CHECK(node.addresses.back().peer == sample_id(11));
}

TEST_CASE("hyparview: leaving says goodbye to every neighbour", "[gossip][hyparview]") {
    full_node node;
    node.state.leave(node.topic, node.now);
    node.drain();
    for (const std::size_t peer : {1U, 2U, 3U, 4U, 5U}) {
        const auto said = node.said_to(peer);
        REQUIRE(said.size() == 2);
        CHECK(std::get<shuffle_reply_message>(said[0].what).nodes.size() == 7);
        CHECK_FALSE(std::get<disconnect_message>(said[1].what).is_alive);
        CHECK(said[1].output.is_last);
    }
    CHECK(node.downs.size() == 5);
    CHECK(node.downs.back().second == down_reason::left);
    CHECK_FALSE(node.state.has_joined(node.topic));
}

TEST_CASE("hyparview: leaving takes back a Join without an answer", "[gossip][hyparview]") {
    lone_node node(quiet());
    node.join({1, 2, 3, 4});
    node.link(1);
    node.link(2);
    node.fail_dial(3);
    node.hear(2, high);
    node.forget_said();
    node.wanted.clear();
    node.state.leave(node.topic, node.now);
    node.drain();
    CHECK(node.said<disconnect_message>(1).size() == 1);
    CHECK(node.said<disconnect_message>(2).size() == 1);
    CHECK(node.wanted.empty());
    node.link(4);  // hears of both
    CHECK(node.hearers<join_message>() == numbers{4});
    CHECK(node.hearers<disconnect_message>() == numbers{4});
}
