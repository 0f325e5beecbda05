// SPDX-License-Identifier: Apache-2.0
// The membership rules, one at a time: how views are exchanged.
#include "full_node.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::gossip::proto;
using namespace meshhost::test;

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
