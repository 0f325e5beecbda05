// SPDX-License-Identifier: Apache-2.0
// What is wrong in iroh-gossip 0.101 and would live in these machines: each is shown on its rules
// (config::upstream), and not to be ours.
#include "gossip/proto/errc.hpp"
#include "lone_node.hpp"
#include "support/catch.hpp"

#include <algorithm>

using namespace meshhost;
using namespace meshhost::gossip::proto;
using test::lone_node;
using test::sample_id;
using numbers = std::vector<std::size_t>;

namespace {

constexpr neighbor_message high{priority::high, {}};

gossip_message message_of(std::string_view content) {
    const bytes_view bytes = as_bytes(content);
    return {identity::hash_content(bytes), bytes, delivery_scope::swarm, 0};
}

peer_list nodes(std::size_t first, std::size_t last) {
    peer_list list;
    for (std::size_t peer = first; peer <= last; ++peer)
        list.push_back({sample_id(peer), {}});
    return list;
}

config ours() {
    config out;
    out.heal.probes = false;
    out.shuffle.mixes = 0;
    return out;
}

}  // namespace

TEST_CASE("faults: a link to who is no neighbour any more is not leaked", "[gossip][faults]") {
    lone_node node(ours());
    for (std::size_t peer = 1; peer <= 100; ++peer) {
        node.befriend(peer, peer);
        node.advance(1s);
    }
    node.advance(10s);
    CHECK(node.state.probe().links == 5);
}

TEST_CASE("faults: a broadcast over the size is refused before it is sent", "[gossip][faults]") {
    lone_node node(ours());
    node.befriend(1, 1);
    const std::string fits(content_size_max, 'x');
    CHECK(node.broadcast(fits + "x") == errc::content_too_large);
    CHECK(node.hearers<gossip_message>().empty());
    CHECK_FALSE(node.broadcast(fits));
    const auto said = node.said_to(1);
    REQUIRE(said.size() == 1);
    CHECK(said.front().output.frame.size() - frame_length_size <= frame_sent_max);
}

TEST_CASE("faults: a peer whose dial failed is dialled again", "[gossip][faults]") {
    lone_node theirs(config::upstream());
    lone_node node(ours());
    for (lone_node* each : {&theirs, &node}) {
        each->join({1});
        each->fail_dial(1);
        each->join({1});
        each->advance(5s);
    }
    CHECK(theirs.wanted.size() == 1);
    CHECK(node.wanted.size() > 1);
}

TEST_CASE("faults: leaving a topic keeps the link that another needs", "[gossip][faults]") {
    lone_node node(ours());
    node.befriend(1, 1);
    node.topic = test::sample_topic(8);
    node.join({});
    node.hear(1, high);
    node.state.leave(node.topic, node.now);
    node.drain();
    node.advance(20s);
    node.topic = test::sample_topic();
    CHECK(node.dropped.empty());
    CHECK(node.active() == numbers{1});
}

TEST_CASE("faults: a stranger hears nothing and says nothing", "[gossip][faults]") {
    lone_node theirs(config::upstream());
    lone_node node(ours());
    for (lone_node* each : {&theirs, &node}) {
        each->befriend(1, 1);
        each->link(9);
        each->hear(9, graft_message{std::nullopt, 0});
        each->hear(9, message_of("injected"));
        (void)each->broadcast("secret");
    }
    CHECK(theirs.said<gossip_message>(9).size() == 1);
    CHECK(theirs.messages.size() == 1);
    CHECK(node.said<gossip_message>(9).empty());
    CHECK(node.messages.empty());
    CHECK(node.eager() == numbers{1});
    CHECK(node.probe().counts.strangers == 2);
}

TEST_CASE(
    "faults: a message that was asked for in vain is not remembered for ever",
    "[gossip][faults]"
) {
    lone_node node(ours());
    node.befriend(1, 2);
    for (int i = 0; i < 100; ++i)
        node.hear(1, ihave_message{{{identity::hash_content(as_bytes(std::to_string(i))), 0}}});
    CHECK(node.probe().sizes.missing == 100);
    node.advance(60s);
    CHECK(node.probe().sizes.missing == 0);
}

TEST_CASE("faults: a join without an answer is tried again", "[gossip][faults]") {
    lone_node theirs(config::upstream());
    lone_node node(ours());
    for (lone_node* each : {&theirs, &node}) {
        each->join({1});
        each->link(1);
        each->advance(4s);
    }
    CHECK(theirs.said<join_message>(1).size() == 1);
    CHECK(node.said<join_message>(1).size() > 1);
}

TEST_CASE("faults: a broadcast to neighbours skips none", "[gossip][faults]") {
    lone_node theirs(config::upstream());
    lone_node node(ours());
    for (lone_node* each : {&theirs, &node}) {
        each->befriend(1, 2);
        each->hear(2, prune_message{});
        (void)each->broadcast("near", {.scope = delivery_scope::neighbors, .how = {}, .trace = {}});
    }
    CHECK(theirs.hearers<gossip_message>() == numbers{1});
    CHECK(node.hearers<gossip_message>() == numbers{1, 2});
}

TEST_CASE("faults: an answered neighbour is not taken for an open request", "[gossip][faults]") {
    lone_node theirs(config::upstream());
    lone_node node(ours());
    for (lone_node* each : {&theirs, &node}) {
        each->befriend(1, 3);  // each was answered
        each->hear(1, shuffle_reply_message{nodes(11, 20)});
    }
    CHECK(theirs.wanted.empty());  // 3 neighbours and 3 "requests" are a full view
    CHECK(node.wanted.size() == 1);
}

TEST_CASE("faults: a refusal does not end the repair", "[gossip][faults]") {
    lone_node theirs(config::upstream());
    lone_node node(ours());
    for (lone_node* each : {&theirs, &node}) {
        each->befriend(1, 1);
        each->hear(1, shuffle_reply_message{nodes(11, 20)});
        const std::size_t asked = each->wanted.back();
        each->wanted.clear();
        each->link(asked);
        each->hear(asked, disconnect_message{true});
    }
    CHECK(theirs.wanted.empty());
    CHECK(node.wanted.size() == 1);
}

TEST_CASE("faults: the wait for a message fits the link", "[gossip][faults]") {
    lone_node theirs(config::upstream());
    lone_node node(ours());
    for (lone_node* each : {&theirs, &node}) {
        each->befriend(1, 1);
        each->state.set_rtt(sample_id(1), 300ms);
        each->hear(1, ihave_message{{{identity::hash_content(as_bytes("x")), 0}}});
        each->advance(1s);
    }
    CHECK(theirs.hearers<graft_message>().size() == 1);
    CHECK(node.hearers<graft_message>().empty());
    node.advance(300ms);
    CHECK(node.hearers<graft_message>().size() == 1);
}
