// SPDX-License-Identifier: Apache-2.0
// The broadcast rules, one at a time: what a node says when it hears something.
#include "gossip/proto/errc.hpp"
#include "gossip/proto/trace_hop.hpp"
#include "support/catch.hpp"
#include "tree_node.hpp"

#include <algorithm>

using namespace meshhost;
using namespace meshhost::gossip::proto;
using namespace meshhost::test;
using numbers = std::vector<std::size_t>;

TEST_CASE("plumtree: a new neighbour is eager", "[gossip][plumtree]") {
    lone_node node(quiet());
    node.befriend(1, 2);
    CHECK(node.eager() == numbers{1, 2});
    node.lose(1);
    CHECK(node.eager() == numbers{2});
}

TEST_CASE(
    "plumtree: a broadcast goes to the eager, and is announced to the lazy",
    "[gossip][plumtree]"
) {
    tree_node node;
    CHECK_FALSE(node.broadcast("hello"));
    CHECK(node.hearers<gossip_message>() == numbers{1, 2});
    CHECK(node.hearers<ihave_message>().empty());
    node.advance(5ms);
    CHECK(node.hearers<ihave_message>() == numbers{3, 4});
    const auto said = node.said<gossip_message>(1);
    CHECK(said.front().round == 0);
    CHECK(as_text(said.front().content) == "hello");
    const auto announced = node.said<ihave_message>(3);
    REQUIRE(announced.front().items.size() == 1);
    CHECK(announced.front().items.front().id == id_of("hello"));
    CHECK(announced.front().items.front().round == 0);
}

TEST_CASE("plumtree: a broadcast is one buffer for all", "[gossip][plumtree]") {
    tree_node node;
    (void)node.broadcast("hello");
    const auto first = node.said_to(1);
    const auto second = node.said_to(2);
    CHECK(first.front().output.frame.view().data() == second.front().output.frame.view().data());
}

TEST_CASE(
    "plumtree: a message is delivered and passed on with one hop more",
    "[gossip][plumtree]"
) {
    tree_node node;
    node.hear(1, message_of("hello", 4));
    REQUIRE(node.messages.size() == 1);
    CHECK(as_text(node.messages.front().content.view()) == "hello");
    CHECK(node.messages.front().from == test::sample_id(1));
    CHECK(node.messages.front().hops == 4);
    CHECK(node.hearers<gossip_message>() == numbers{2});
    CHECK(node.said<gossip_message>(2).front().round == 5);
    node.advance(5ms);
    CHECK(node.hearers<ihave_message>() == numbers{3, 4});
}

TEST_CASE("plumtree: a message that came before makes its sender lazy", "[gossip][plumtree]") {
    tree_node node;
    node.hear(1, message_of("hello"));
    node.hear(2, message_of("hello"));
    CHECK(node.messages.size() == 1);
    node.advance(249ms);
    CHECK(node.hearers<prune_message>().empty());
    node.advance(1ms);
    CHECK(node.said<prune_message>(2).size() == 1);
    CHECK(node.lazy() == numbers{2, 3, 4});
}

TEST_CASE("plumtree: a message under a foreign id is nothing", "[gossip][plumtree]") {
    tree_node node;
    gossip_message forged = message_of("hello");
    forged.id = id_of("other");
    node.hear(1, forged);
    CHECK(node.messages.empty());
    CHECK(node.hearers<gossip_message>().empty());
    CHECK(node.said_to(1).empty());
    CHECK(node.probe().counts.spoofed == 1);
}

TEST_CASE("plumtree: hops stop counting at 65535", "[gossip][plumtree]") {
    tree_node node;
    node.hear(1, message_of("hello", 65535));
    CHECK(node.said<gossip_message>(2).front().round == 65535);
}

TEST_CASE("plumtree: the same bytes are not broadcast twice in 90 s", "[gossip][plumtree]") {
    tree_node node;
    CHECK_FALSE(node.broadcast("hello"));
    CHECK(node.broadcast("hello") == errc::repeated);
    node.advance(89s);
    CHECK(node.broadcast("hello") == errc::repeated);
    node.advance(2s);
    CHECK_FALSE(node.broadcast("hello"));
}

TEST_CASE(
    "plumtree: a broadcast to neighbours reaches all of them and nobody else",
    "[gossip][plumtree]"
) {
    tree_node node;
    const broadcast_options near{.scope = delivery_scope::neighbors, .how = {}, .trace = {}};
    CHECK_FALSE(node.broadcast("hello", near));
    CHECK(node.hearers<gossip_message>() == numbers{1, 2, 3, 4});
    CHECK_FALSE(node.broadcast("hello", near));  // and as often as one likes
    node.forget_said();
    gossip_message m = message_of("near");
    m.scope = delivery_scope::neighbors;
    node.hear(1, m);
    node.hear(1, m);
    CHECK(node.messages.size() == 2);
    CHECK(node.messages.front().scope == delivery_scope::neighbors);
    CHECK(node.hearers<gossip_message>().empty());
}

TEST_CASE("plumtree: an urgent message floods, and no copy prunes", "[gossip][plumtree]") {
    tree_node node;
    extension urgent;
    urgent.how = urgency::urgent;
    node.hear(1, message_of("fire"), urgent);
    CHECK(node.hearers<gossip_message>() == numbers{2, 3, 4});
    const auto said = node.said_to(2);
    CHECK(said.front().after.how == urgency::urgent);
    CHECK(said.front().output.is_urgent);
    node.hear(2, message_of("fire"), urgent);
    CHECK(node.hearers<prune_message>().empty());
    CHECK(node.eager() == numbers{1, 2});
    CHECK(node.messages.front().how == urgency::urgent);
}

TEST_CASE("plumtree: a trace goes along, hop by hop", "[gossip][plumtree]") {
    tree_node node;
    const broadcast_options traced{.scope = {}, .how = {}, .trace = as_bytes("span 1")};
    (void)node.broadcast("ours", traced);
    CHECK(as_text(node.said_to(1).front().after.trace) == "span 1");
    extension after;
    after.trace = as_bytes("span 2");
    node.hear(1, message_of("theirs"), after);
    CHECK(as_text(node.messages.front().trace.view()) == "span 2");
    CHECK(as_text(node.said_to(2).back().after.trace) == "span 2");
}

TEST_CASE("plumtree: of a trace context each hop makes its own span", "[gossip][plumtree]") {
    tree_node node;
    wire::trace_context context;
    context.trace.fill(7);
    context.span.fill(9);
    const auto heard = wire::encode(context);
    extension after;
    after.trace = heard;
    node.hear(1, message_of("theirs"), after);
    CHECK(wire::decode_trace_context(node.messages.front().trace.view()) == context);  // the parent
    const auto onward = wire::decode_trace_context(node.said_to(2).back().after.trace);
    REQUIRE(onward.has_value());
    CHECK(onward->trace == context.trace);
    CHECK(onward->span == span_of_hop(context.trace, sample_id(lone_node::self)));
    CHECK(onward->span != context.span);
}

TEST_CASE("plumtree: announcements of low messages wait for each other", "[gossip][plumtree]") {
    tree_node node;
    const broadcast_options low{.scope = {}, .how = urgency::low, .trace = {}};
    for (const char* content : {"a", "b", "c", "d"})
        (void)node.broadcast(content, low);
    node.advance(100ms);
    CHECK(node.hearers<ihave_message>().empty());
    node.advance(200ms);
    const auto announced = node.said<ihave_message>(3);
    REQUIRE(announced.size() == 1);
    CHECK(announced.front().items.size() == 4);
}

TEST_CASE("plumtree: an announcement carries 116 ids at most", "[gossip][plumtree]") {
    tree_node node;
    for (int i = 0; i < 300; ++i)
        (void)node.broadcast("message " + std::to_string(i));
    node.advance(150ms);
    const auto announced = node.said<ihave_message>(3);
    REQUIRE(announced.size() == 3);
    CHECK(announced[0].items.size() == 116);
    CHECK(announced[2].items.size() == 68);
}

// --- what the tree did not bring ---

TEST_CASE("plumtree: an announced message that does not come is asked for", "[gossip][plumtree]") {
    tree_node node;
    node.hear(3, ihave("hello", 2));
    node.advance(149ms);
    CHECK(node.hearers<graft_message>().empty());
    node.advance(1ms);
    const auto asked = node.said<graft_message>(3);
    REQUIRE(asked.size() == 1);
    CHECK(asked.front().id == id_of("hello"));
    CHECK(asked.front().round == 2);
    CHECK(node.eager() == numbers{1, 2, 3});
}

TEST_CASE(
    "plumtree: an announced message that comes in time is not asked for",
    "[gossip][plumtree]"
) {
    tree_node node;
    node.hear(3, ihave("hello"));
    node.advance(15ms);
    node.hear(1, message_of("hello"));
    node.advance(10s);
    CHECK(node.hearers<graft_message>().empty());
    CHECK(node.probe().sizes.missing == 0);
}

TEST_CASE("plumtree: a message says how long ago it was announced", "[gossip][plumtree]") {
    tree_node node;
    node.hear(3, ihave("hello"));
    node.advance(10ms);
    node.hear(4, ihave("hello"));
    node.advance(400ms);
    node.hear(3, message_of("hello"));
    node.hear(1, message_of("unannounced"));
    REQUIRE(node.messages.size() == 2);
    CHECK(node.messages[0].waited == 410ms);
    CHECK(node.messages[1].waited == duration::zero());
}

TEST_CASE("plumtree: how long to wait follows the link", "[gossip][plumtree]") {
    tree_node node;
    node.state.set_rtt(test::sample_id(3), 200ms);
    node.hear(3, ihave("hello"));
    node.advance(799ms);
    CHECK(node.hearers<graft_message>().empty());
    node.advance(1ms);
    CHECK(node.hearers<graft_message>() == numbers{3});
}

TEST_CASE("plumtree: the next who announced is asked, and the first again", "[gossip][plumtree]") {
    tree_node node;
    node.hear(3, ihave("hello"));
    node.hear(4, ihave("hello"));
    node.advance(150ms);
    CHECK(node.hearers<graft_message>() == numbers{3});
    node.advance(50ms);
    CHECK(node.hearers<graft_message>() == numbers{3, 4});
    node.advance(100ms);
    CHECK(node.hearers<graft_message>() == numbers{3, 3, 4});
}

TEST_CASE("plumtree: a message that nobody has any more is given up", "[gossip][plumtree]") {
    tree_node node;
    node.hear(3, ihave("hello"));
    node.advance(29s);
    CHECK(node.probe().sizes.missing == 1);
    const auto asked = node.said<graft_message>(3).size();
    CHECK(asked > 3);
    CHECK(asked < 40);
    node.advance(5s);
    CHECK(node.probe().sizes.missing == 0);
}

TEST_CASE("plumtree: who is gone is not asked", "[gossip][plumtree]") {
    tree_node node;
    node.hear(3, ihave("hello"));
    node.lose(3);
    CHECK(node.probe().sizes.missing == 0);
    node.advance(10s);
    CHECK(node.hearers<graft_message>().empty());
}

TEST_CASE("plumtree: who grafts gets the message and becomes eager", "[gossip][plumtree]") {
    tree_node node;
    (void)node.broadcast("hello");
    node.forget_said();
    node.hear(3, graft_message{id_of("hello"), 0});
    CHECK(node.said<gossip_message>(3).size() == 1);
    CHECK(node.eager() == numbers{1, 2, 3});
    node.hear(4, graft_message{std::nullopt, 0});
    CHECK(node.eager() == numbers{1, 2, 3, 4});
    CHECK(node.said_to(4).empty());
}

TEST_CASE("plumtree: a message can be grafted for 30 s", "[gossip][plumtree]") {
    tree_node node;
    (void)node.broadcast("hello");
    node.advance(29s);
    node.hear(3, graft_message{id_of("hello"), 0});
    CHECK(node.said<gossip_message>(3).size() == 1);
    node.advance(2s);
    node.hear(4, graft_message{id_of("hello"), 0});
    CHECK(node.said<gossip_message>(4).empty());
    CHECK(node.probe().sizes.payloads == 0);
    CHECK(node.probe().sizes.seen_ids == 1);
}

TEST_CASE(
    "plumtree: without times, a branch of far fewer hops replaces the one it came on",
    "[gossip][plumtree]"
) {
    config by_rounds = quiet();
    by_rounds.broadcast.elects_shapers = false;
    by_rounds.broadcast.optimizes_by_time = false;
    tree_node node(by_rounds);
    node.hear(3, ihave("hello", 1));
    node.hear(1, message_of("hello", 8));
    const auto grafted = node.said<graft_message>(3);
    REQUIRE(grafted.size() == 1);
    CHECK_FALSE(grafted.front().id);
    CHECK(node.said<prune_message>(1).size() == 1);
    CHECK(node.eager() == numbers{2, 3});
    node.hear(4, ihave("second", 1));
    node.hear(2, message_of("second", 7));
    CHECK(node.hearers<prune_message>().empty());
}

TEST_CASE(
    "plumtree: a branch that is much earlier twice in a row replaces the one it came on",
    "[gossip][plumtree]"
) {
    tree_node node;
    const auto come = [&](const std::string& content, duration later) {
        node.hear(3, ihave(content, 5));
        node.advance(later);
        node.hear(1, message_of(content, 25));  // however many hops it took
        node.forget_said();
        node.advance(1s);
    };
    come("first", 20ms);
    come("second", 19ms);
    come("third", 20ms);
    CHECK(node.eager() == numbers{1, 2});
    node.hear(3, ihave("fourth", 5));
    node.advance(20ms);
    node.hear(1, message_of("fourth", 5));
    CHECK(node.said<graft_message>(3).size() == 1);
    CHECK(node.eager() == numbers{1, 2, 3});  // the other leaves when the message is elected
    node.advance(250ms);
    CHECK(node.said<prune_message>(1).size() == 1);
    CHECK(node.eager() == numbers{2, 3});
}
