// SPDX-License-Identifier: Apache-2.0
// Who hears everything and carries nothing, and how others hold it.
#include "full_node.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::gossip::proto;
using namespace meshhost::test;

namespace {

config observer() {
    config out = config::for_tier(tier::observer);
    out.heal.probes = false;
    return out;
}

/// As an observer says it.
extension observing() {
    extension out;
    out.is_observer = true;
    return out;
}

bool names(const peer_list& list, std::size_t peer) {
    return std::any_of(list.begin(), list.end(), [peer](const peer_info& node) {
        return node.id == sample_id(peer);
    });
}

/// An observer with its two neighbours, 1 and 2.
struct observing_node : lone_node {
    observing_node()
        : lone_node(observer()) {
        join({1, 2});
        for (const std::size_t peer : {1U, 2U}) {
            link(peer);
            hear(peer, high);
        }
        forget_said();
    }
};

}  // namespace

TEST_CASE("observer: it asks to be let in, and is passed on by nobody", "[gossip][observer]") {
    lone_node node(observer(), false);
    node.join({1});
    node.link(1);
    const auto said = node.said_to(1);
    REQUIRE(said.size() == 1);
    CHECK(std::holds_alternative<neighbor_message>(said.front().what));
    CHECK(said.front().after.is_observer);
    node.hear(1, high);
    CHECK(node.active() == numbers{1});
}

TEST_CASE("observer: it hears, speaks, and passes nothing on", "[gossip][observer]") {
    observing_node node;
    REQUIRE(node.active() == numbers{1, 2});
    const std::string_view words = "news";
    const gossip_message news{
        .id = identity::hash_content(as_bytes(words)),
        .content = as_bytes(words)};
    node.hear(1, news);
    node.advance(1s);
    CHECK(node.messages.size() == 1);
    CHECK(node.said<gossip_message>(2).empty());
    CHECK(node.said<ihave_message>(2).empty());
    node.hear(2, news);  // the same again is known
    CHECK(node.messages.size() == 1);
    CHECK(node.said<prune_message>(2).size() == 1);
    REQUIRE_FALSE(node.broadcast("of its own"));
    CHECK(node.hearers<gossip_message>() == numbers{1});
}

TEST_CASE("observer: it takes two neighbours, of its own choice", "[gossip][observer]") {
    observing_node node;
    node.link(9);
    SECTION("who asks") {
        node.hear(9, high);
    }
    SECTION("who joins") {
        node.hear(9, join_message{});
        CHECK(node.hearers<forward_join_message>().empty());
    }
    SECTION("who is told to by somebody else") {
        node.hear(1, forward_join_message{{sample_id(9), {}}, 0});
        CHECK(node.said<neighbor_message>(9).empty());
    }
    CHECK(node.active() == numbers{1, 2});
}

TEST_CASE("observer: it names itself to nobody, and walks end at it", "[gossip][observer]") {
    observing_node node;
    node.hear(1, shuffle_reply_message{nodes(11, 14)});
    node.forget_said();
    node.advance(10s);
    const auto hearers = node.hearers<shuffle_message>();
    REQUIRE_FALSE(hearers.empty());
    for (const auto& shuffle : node.said<shuffle_message>(hearers.front()))
        CHECK_FALSE(names(shuffle.nodes, lone_node::self));
    node.forget_said();
    node.hear(1, shuffle_message{.origin = sample_id(8), .nodes = nodes(21, 22), .ttl = 5});
    CHECK(node.hearers<shuffle_message>().empty());
}

TEST_CASE(
    "observer: it is held beside the others, and takes nobody's place",
    "[gossip][observer]"
) {
    full_node node;
    node.link(8);
    node.hear(8, low, observing());
    CHECK(node.active() == numbers{1, 2, 3, 4, 5, 8});
    CHECK(node.downs.empty());
    const auto said = node.said_to(8);
    REQUIRE(said.size() == 2);
    CHECK(std::holds_alternative<neighbor_message>(said[0].what));
    CHECK(std::get<shuffle_reply_message>(said[1].what).nodes.size() == 7);
    SECTION("two of them") {
        node.link(9);
        node.hear(9, join_message{}, observing());
        CHECK(contains(node.active(), 9));
        CHECK(node.hearers<forward_join_message>().empty());
        node.link(10);
        node.hear(10, high, observing());
        CHECK_FALSE(contains(node.active(), 10));
        CHECK(node.said<disconnect_message>(10).size() == 1);
        CHECK_FALSE(contains(node.passive(), 10));
    }
    SECTION("a newcomer evicts another") {
        for (std::size_t peer = 30; peer < 40; ++peer) {
            node.link(peer);
            node.hear(peer, join_message{});
        }
        CHECK(contains(node.active(), 8));
        CHECK(node.active().size() == 6);
    }
    SECTION("it goes, and is no reserve") {
        node.hear(8, disconnect_message{true});
        CHECK_FALSE(contains(node.active(), 8));
        CHECK_FALSE(contains(node.passive(), 8));
    }
}

TEST_CASE(
    "observer: it gets every message, is named to nobody and is no way",
    "[gossip][observer]"
) {
    full_node node;
    node.link(8);
    node.hear(8, low, observing());
    node.forget_said();
    REQUIRE_FALSE(node.broadcast("news"));
    CHECK(contains(node.hearers<gossip_message>(), 8));
    node.forget_said();
    for (int i = 0; i < 50; ++i) {
        node.hear(1, shuffle_message{.origin = sample_id(9), .nodes = nodes(21, 27), .ttl = 5});
        node.hear(1, shuffle_message{.origin = sample_id(1), .nodes = nodes(21, 27), .ttl = 0});
        node.hear(1, forward_join_message{{sample_id(40), {}}, 5});
        node.advance(30s);
    }
    const auto replies = node.said<shuffle_reply_message>(1);
    REQUIRE_FALSE(replies.empty());
    for (const auto& reply : replies)
        CHECK_FALSE(names(reply.nodes, 8));
    CHECK_FALSE(node.hearers<shuffle_message>().empty());
    CHECK_FALSE(contains(node.hearers<shuffle_message>(), 8));
    CHECK_FALSE(node.hearers<forward_join_message>().empty());
    CHECK_FALSE(contains(node.hearers<forward_join_message>(), 8));
}

TEST_CASE("observer: whose only neighbour it is is alone", "[gossip][observer]") {
    config options = quiet();
    options.heal.rejoins = true;
    lone_node node(options, false);
    node.join({1});
    node.fail_dial(1);
    node.link(8);
    node.hear(8, high, observing());
    CHECK(node.active() == numbers{8});
    CHECK(node.advance_until_wanted(1, 10s));
}
