// SPDX-License-Identifier: Apache-2.0
// What keeps the tree whole while many speak: elections, and announcements that wait.
#include "support/catch.hpp"
#include "tree_node.hpp"

#include <array>
#include <string>

using namespace meshhost;
using namespace meshhost::gossip::proto;
using namespace meshhost::test;
using numbers = std::vector<std::size_t>;

// --- cuts ---

namespace {

/// The first of "<prefix> 0", "<prefix> 1", ... whose id is below, or above, the other content's.
std::string content_beside(std::string_view other, bool is_below, std::string_view prefix) {
    for (int i = 0;; ++i) {
        const std::string content = std::string(prefix) + " " + std::to_string(i);
        if ((id_of(content) < id_of(other)) == is_below) return content;
    }
}

std::string below(std::string_view other) {
    return content_beside(other, true, "below");
}

std::string above(std::string_view other) {
    return content_beside(other, false, "above");
}

}  // namespace

TEST_CASE(
    "plumtree: of two messages under way at once only the lower one cuts",
    "[gossip][plumtree]"
) {
    lone_node node(quiet());
    node.befriend(1, 4);
    const std::string other = above("hello");
    node.hear(1, message_of("hello"));
    node.hear(2, message_of(other));
    node.hear(1, message_of(other));
    node.hear(3, message_of("hello"));
    node.advance(10s);
    CHECK(node.hearers<prune_message>() == numbers{3});
    CHECK(node.eager() == numbers{1, 2, 4});
}

TEST_CASE("plumtree: a lower message that comes meanwhile cuts instead", "[gossip][plumtree]") {
    lone_node node(quiet());
    node.befriend(1, 4);
    node.hear(1, message_of("hello"));
    node.hear(2, message_of("hello"));
    node.advance(200ms);
    const std::string other = below("hello");
    node.hear(2, message_of(other));
    node.hear(1, message_of(other));
    node.advance(10s);
    CHECK(node.eager() == numbers{2, 3, 4});
}

TEST_CASE("plumtree: a late copy of the elected message cuts at once", "[gossip][plumtree]") {
    lone_node node(quiet());
    node.befriend(1, 2);
    node.hear(1, message_of("hello"));
    node.advance(1s);
    node.hear(2, message_of("hello"));
    CHECK(node.lazy() == numbers{2});
}

TEST_CASE("plumtree: a link that was grafted meanwhile is not cut", "[gossip][plumtree]") {
    lone_node node(quiet());
    node.befriend(1, 2);
    node.hear(1, message_of("hello"));
    node.hear(2, message_of("hello"));
    node.hear(2, graft_message{std::nullopt, 0});
    node.advance(10s);
    CHECK(node.eager() == numbers{1, 2});
}

TEST_CASE("plumtree: nothing is cut while a message had to be asked for", "[gossip][plumtree]") {
    tree_node node;
    node.hear(3, ihave("missed"));
    node.advance(100ms);
    node.hear(1, message_of("hello"));
    node.hear(2, message_of("hello"));
    node.advance(10s);
    CHECK(node.hearers<prune_message>().empty());
    CHECK(node.eager() == numbers{1, 2, 3});
}

TEST_CASE(
    "plumtree: nothing is cut when the branch that the message came on is gone",
    "[gossip][plumtree]"
) {
    lone_node node(quiet());
    node.befriend(1, 3);
    node.hear(1, message_of("hello"));
    node.hear(2, message_of("hello"));
    SECTION("its link is down") {
        node.lose(1);
        node.advance(10s);
        CHECK(node.eager() == numbers{2, 3});
    }
    SECTION("it pruned us") {
        node.hear(1, prune_message{});
        node.advance(10s);
        CHECK(node.eager() == numbers{2, 3});
    }
}

TEST_CASE("plumtree: without elections every copy cuts at once", "[gossip][plumtree]") {
    config rules = quiet();
    rules.broadcast.elects_shapers = false;
    lone_node node(rules);
    node.befriend(1, 4);
    const std::string other = above("hello");
    node.hear(1, message_of("hello"));
    node.hear(2, message_of(other));
    node.hear(1, message_of(other));
    node.hear(2, message_of("hello"));
    CHECK(node.eager() == numbers{3, 4});
}

// --- announcements that wait ---

TEST_CASE(
    "plumtree: announcements wait as long as their receiver would, and say so",
    "[gossip][plumtree]"
) {
    tree_node node;
    (void)node.broadcast("hello");
    node.advance(50ms);
    node.forget_said();
    (void)node.broadcast(above("hello"));
    node.advance(30ms);
    (void)node.broadcast(content_beside("hello", false, "third"));
    node.advance(119ms);
    CHECK(node.hearers<ihave_message>().empty());
    node.advance(1ms);
    const auto said = node.said_to(3);
    REQUIRE(said.size() == 1);
    CHECK(std::get<ihave_message>(said.front().what).items.size() == 2);
    REQUIRE(said.front().after.ages.size() == 2);
    CHECK(said.front().after.ages[0] == 15);
    CHECK(said.front().after.ages[1] == 12);
}

TEST_CASE("plumtree: what the other end has is not announced to it", "[gossip][plumtree]") {
    tree_node node;
    (void)node.broadcast("hello");
    node.advance(50ms);
    node.forget_said();
    const std::string other = above("hello");
    (void)node.broadcast(other);
    node.hear(3, ihave(other));
    node.hear(4, message_of(other));
    node.advance(10s);
    CHECK(node.hearers<ihave_message>().empty());
    CHECK(node.probe().sizes.announced == 0);
}

TEST_CASE("plumtree: what was held back is asked for that much sooner", "[gossip][plumtree]") {
    tree_node node;
    const std::array<std::uint8_t, 2> ages{15, 10};
    extension after;
    after.ages = ages;
    node.hear(3, ihave_message{{{id_of("a"), 0}, {id_of("b"), 0}, {id_of("c"), 0}}}, after);
    node.advance(0ms);
    CHECK(node.hearers<graft_message>().size() == 1);
    node.advance(49ms);
    CHECK(node.probe().counts.grafts_sent == 1);
    node.hear(1, message_of("a"));
    node.advance(1ms);
    CHECK(node.probe().counts.grafts_sent == 3);  // the last age is that of all that follow
}

TEST_CASE("plumtree: who is in the tree already is asked first", "[gossip][plumtree]") {
    tree_node node;
    node.hear(4, ihave("first"));
    node.hear(3, ihave("second"));
    node.hear(4, ihave("second"));
    node.advance(150ms);
    CHECK(node.said<graft_message>(4).size() == 2);
    CHECK(node.lazy() == numbers{3});
}
