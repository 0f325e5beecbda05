// SPDX-License-Identifier: Apache-2.0
// The membership rules, one at a time: what is heeded of whom, and how a node leaves.
#include "full_node.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::gossip::proto;
using namespace meshhost::test;

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
