// SPDX-License-Identifier: Apache-2.0
// Frames as large as a peer may send them: what we make of them fits our own frames, which are a
// byte shorter, or is not sent at all.
#include "lone_node.hpp"
#include "support/catch.hpp"

#include <algorithm>

using namespace meshhost;
using namespace meshhost::gossip::proto;
using test::lone_node;
using test::sample_id;
using numbers = std::vector<std::size_t>;

namespace {

const byte_buffer longest_data(peer_data_taken_max, 'd');

/// Nodes with the longest data that anybody takes; seven of them nearly fill a frame.
peer_list nodes(std::size_t first, std::size_t last) {
    peer_list list;
    for (std::size_t peer = first; peer <= last; ++peer)
        list.push_back({sample_id(peer), longest_data});
    return list;
}

byte_buffer body_of(const message& what) {
    byte_buffer frame;
    REQUIRE(append_frame(frame, what));
    return {frame.begin() + frame_length_size, frame.end()};
}

/// A shuffle of 4096 bytes: of 4095, and a byte more in its last node, before the ttl.
byte_buffer largest_shuffle(std::size_t origin) {
    const byte_buffer last_data(195, 'd');
    shuffle_message m{sample_id(origin), nodes(11, 17), 4};
    m.nodes.push_back({sample_id(18), last_data});
    byte_buffer body = body_of(m);
    REQUIRE(body.size() == frame_sent_max);
    ++body[body.size() - 1 - last_data.size() - 2];
    body.insert(body.end() - 1, 'd');
    return body;
}

/// A broadcast as its author, or a hop `round` away, sends it; frames of 4096 bytes included.
byte_buffer broadcast_body(std::size_t content_size, std::uint8_t round) {
    byte_buffer content(content_size, 'x');
    content.front() = round;
    const auto id = identity::hash_content(content);
    byte_buffer body{1, 0};
    body.insert(body.end(), id.bytes.begin(), id.bytes.end());
    body.push_back(static_cast<std::uint8_t>(content_size % 0x80 | 0x80));
    body.push_back(static_cast<std::uint8_t>(content_size / 0x80));
    body.insert(body.end(), content.begin(), content.end());
    body.insert(body.end(), {0, round});
    return body;
}

}  // namespace

TEST_CASE("oversize: data of a newcomer is passed on up to its limit", "[gossip][oversize]") {
    lone_node node;
    node.befriend(1, 2);
    node.link(9);
    constexpr std::size_t frame_full = frame_size_max - 5;  // a Join's own bytes
    for (const std::size_t size :
         {peer_data_taken_max, peer_data_taken_max + 1, frame_full - 1, frame_full}) {
        INFO(size);
        const byte_buffer data(size, 'd');
        byte_buffer join{0, 0, 1};
        join.push_back(static_cast<std::uint8_t>(size % 0x80 | 0x80));
        join.push_back(static_cast<std::uint8_t>(size / 0x80));
        join.insert(join.end(), data.begin(), data.end());
        node.hear_bytes(9, join);
        const auto forwarded = node.said<forward_join_message>(1);
        REQUIRE(forwarded.size() == 1);
        CHECK(forwarded.front().peer.data.size() == (size <= peer_data_taken_max ? size : 0));
        node.hear(9, disconnect_message{false});
    }
    CHECK(node.violations.empty());
}

TEST_CASE("oversize: a broadcast that fits no further frame is ignored", "[gossip][oversize]") {
    lone_node node;
    node.befriend(1, 2);
    node.hear_bytes(1, broadcast_body(4057, 0));
    CHECK(node.said<gossip_message>(2).size() == 1);
    CHECK(node.messages.size() == 1);
    node.hear_bytes(1, broadcast_body(4056, 127));  // a hop count of two bytes from here on
    CHECK(node.messages.size() == 2);
    node.forget_said();
    node.hear_bytes(1, broadcast_body(4057, 127));
    node.hear_bytes(1, broadcast_body(4058, 0));
    CHECK(node.said_to(2).empty());
    CHECK(node.messages.size() == 2);
    CHECK(node.probe().counts.oversize == 2);
}

TEST_CASE("oversize: a walk ends whose frame we cannot write", "[gossip][oversize]") {
    lone_node node;
    node.befriend(1, 3);
    const byte_buffer largest = largest_shuffle(2);
    REQUIRE(largest.size() == frame_size_max);
    node.hear_bytes(1, largest);
    CHECK(node.said<shuffle_message>(3).empty());
    CHECK(node.state.probe().oversize == 1);
    CHECK(node.violations.empty());
}

TEST_CASE("oversize: nodes with long data are as many as fit", "[gossip][oversize]") {
    lone_node node;
    const byte_buffer own(peer_data_size_max, 'o');
    CHECK_FALSE(node.state.set_peer_data(own, node.now));
    for (std::size_t peer = 1; peer <= 4; ++peer) {
        node.link(peer);
        node.hear(peer, neighbor_message{priority::high, longest_data});
    }
    for (std::size_t peer = 11; peer < 39; peer += 7)
        node.hear(1, shuffle_reply_message{nodes(peer, peer + 6)});
    REQUIRE(node.passive().size() == 28);
    node.forget_said();

    SECTION("in an answer to a shuffle") {
        shuffle_message m{sample_id(2), {}, 0};
        for (std::size_t peer = 100; peer < 100 + shuffle_nodes_max; ++peer)
            m.nodes.push_back({sample_id(peer), {}});
        node.hear(1, m);
        const auto said = node.said_to(2);
        REQUIRE(said.size() == 1);
        CHECK(std::get<shuffle_reply_message>(said.front().what).nodes.size() >= 6);
        CHECK_FALSE(said.front().after.component.empty());
    }
    SECTION("in a shuffle of ours") {
        node.advance(5s);
        const numbers hearers = node.hearers<shuffle_message>();
        REQUIRE(hearers.size() == 1);
        const auto said = node.said_to(hearers.front());
        const auto is_shuffle = [](const auto& frame) {
            return std::holds_alternative<shuffle_message>(frame.what);
        };
        const auto shuffle = std::find_if(said.begin(), said.end(), is_shuffle);
        const peer_list& sent = std::get<shuffle_message>(shuffle->what).nodes;
        CHECK(sent.size() >= 7);
        CHECK(sent.back().id == sample_id(lone_node::self));
        CHECK_FALSE(shuffle->after.component.empty());
    }
}
