// SPDX-License-Identifier: Apache-2.0
// The membership rules, one at a time: how a node gets its neighbours.
#include "full_node.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::gossip::proto;
using namespace meshhost::test;

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
