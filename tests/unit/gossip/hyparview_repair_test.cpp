// SPDX-License-Identifier: Apache-2.0
// The membership rules, one at a time: how lost neighbours are replaced.
#include "full_node.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::gossip::proto;
using namespace meshhost::test;

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
