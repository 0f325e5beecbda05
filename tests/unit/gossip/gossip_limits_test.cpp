// SPDX-License-Identifier: Apache-2.0
// How much a node holds at its worst: every input ends in check_invariants(), and what is left
// afterwards is asserted here.
#include "gossip/proto/errc.hpp"
#include "lone_node.hpp"
#include "support/catch.hpp"

#include <algorithm>

using namespace meshhost;
using namespace meshhost::gossip::proto;
using test::lone_node;
using test::sample_id;

namespace {

/// Of a message that nobody has.
identity::content_hash hash_of(std::size_t number) {
    identity::content_hash id;
    for (std::size_t i = 0; i < sizeof number; ++i)
        id.bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
    return id;
}

gossip_message message_of(std::string_view content) {
    const bytes_view bytes = as_bytes(content);
    return {identity::hash_content(bytes), bytes, delivery_scope::swarm, 0};
}

identity::topic_id topic_number(std::size_t number) {
    std::array<std::uint8_t, identity::topic_id::size> bytes{};
    bytes[0] = static_cast<std::uint8_t>(number);
    bytes[1] = static_cast<std::uint8_t>(number >> 8);
    return identity::topic_id(bytes);
}

}  // namespace

TEST_CASE("limits: 10,000 messages leave a bounded memory, and then none", "[gossip][limits]") {
    lone_node node;
    node.befriend(1, 5);
    node.hear(4, prune_message{});
    node.hear(5, prune_message{});
    const std::string filling(150, 'x');
    for (int i = 0; i < 10'000; ++i) {
        node.hear(1, message_of(filling + std::to_string(i)));
        node.advance(1ms);
    }
    CHECK(node.messages.size() == 10'000);
    const topic_sizes full = node.probe().sizes;
    CHECK(full.seen_ids == 10'000);
    CHECK(full.payloads == limits{}.payloads);
    CHECK(full.payload_bytes <= limits{}.payload_bytes);
    node.advance(91s);
    node.hear(1, prune_message{});
    node.hear(1, message_of("one more"));
    const topic_sizes later = node.probe().sizes;
    CHECK(later.seen_ids == 1);
    CHECK(later.payloads == 1);
    CHECK(later.missing == 0);
}

TEST_CASE("limits: ids beyond the table make the oldest go", "[gossip][limits]") {
    config options;
    options.limit.seen_ids = 100;
    options.limit.payloads = 10;
    lone_node node(options);
    node.befriend(1, 2);
    for (int i = 0; i < 1000; ++i)
        node.hear(1, message_of(std::to_string(i)));
    CHECK(node.probe().sizes.seen_ids == 100);
    CHECK(node.probe().sizes.payloads == 10);
    node.hear(1, message_of("999"));
    CHECK(node.messages.size() == 1000);
    node.hear(1, message_of("0"));
    CHECK(node.messages.size() == 1001);
}

TEST_CASE(
    "limits: a thousand topics over one link, and not one more than allowed",
    "[gossip][limits]"
) {
    config options;
    options.limit.topics = 1000;
    lone_node node(options, false);
    node.checks_always = false;  // a thousand topics, ten thousand times
    node.link(1);
    for (std::size_t number = 0; number < 1000; ++number) {
        node.topic = topic_number(number);
        REQUIRE_FALSE(node.state.join(node.topic, {}, node.now));
        node.hear(1, join_message{});
        CHECK(node.state.degree(node.topic) == 1);
    }
    CHECK(node.state.join(topic_number(1000), {}, node.now) == errc::too_many_topics);
    CHECK(node.state.probe().topics == 1000);
    CHECK(node.state.probe().links == 1);
    node.state.check_invariants();
    node.advance(10s);
    node.state.check_invariants();
    node.lose(1);
    for (std::size_t number = 0; number < 1000; ++number) {
        CHECK(node.state.degree(topic_number(number)) == 0);
        node.state.leave(topic_number(number), node.now);
    }
    node.drain();
    CHECK(node.state.probe().topics == 0);
}

TEST_CASE("limits: a hundred hostile peers fill no table beyond its size", "[gossip][limits]") {
    config options;
    options.limit.links = 50;
    lone_node node(options);
    prng random(1);
    std::size_t next_hash = 0;
    for (int round = 0; round < 30; ++round) {
        for (std::size_t peer = 1; peer <= 100; ++peer) {
            node.link(peer);
            node.hear(peer, join_message{});
            ihave_message bogus;
            for (std::size_t i = 0; i < announcements_max; ++i)
                bogus.items.push_back({hash_of(next_hash++), 0});
            node.hear(peer, bogus);
            shuffle_message shuffle{sample_id(peer), {}, 0};
            for (std::size_t i = 0; i < shuffle_nodes_max; ++i)
                shuffle.nodes.push_back({sample_id(random.below(500)), {}});
            node.hear(peer, shuffle);
            node.hear(peer, graft_message{hash_of(next_hash), 0});
            if (random.chance(0.3)) node.lose(peer);
            node.forget_said();
        }
        node.advance(100ms);
    }
    const topic_probe probe = node.probe();
    CHECK(probe.active.size() <= 7);
    CHECK(probe.passive.size() <= 30);
    CHECK(probe.eager.size() + probe.lazy.size() == probe.active.size());
    CHECK(probe.sizes.missing <= limits{}.missing);
    CHECK(probe.sizes.lost <= limits{}.lost);
    CHECK(node.state.probe().links <= 50);
    CHECK(node.state.probe().queued_frames <= 50 * limits{}.queued_frames);
    node.link(1000);
    node.hear(1000, join_message{});
    const auto active = node.active();
    CHECK(std::find(active.begin(), active.end(), 1000) != active.end());
    for (std::size_t peer = 1; peer <= 100; ++peer)
        node.lose(peer);
    node.advance(60s);
    CHECK(node.probe().sizes.missing == 0);
}

TEST_CASE("limits: one neighbour announces so much and no more", "[gossip][limits]") {
    lone_node node;
    node.befriend(1, 2);
    for (std::size_t batch = 0; batch < 100; ++batch) {
        ihave_message bogus;
        for (std::size_t i = 0; i < announcements_max; ++i)
            bogus.items.push_back({hash_of(batch * announcements_max + i), 0});
        node.hear(1, bogus);
    }
    CHECK(node.probe().sizes.missing == limits{}.missing_of_peer);
    node.hear(2, ihave_message{{{hash_of(1'000'000), 0}}});
    CHECK(node.probe().sizes.missing == limits{}.missing_of_peer + 1);
}

TEST_CASE("limits: what waits for a link is bounded", "[gossip][limits]") {
    config options;
    options.limit.queued_frames = 4;
    lone_node node(options);
    for (int i = 0; i < 20; ++i)
        node.join({1});
    CHECK(node.state.probe().queued_frames == 4);
}

TEST_CASE(
    "limits: a link beyond the table takes the place of one that nobody needs",
    "[gossip][limits]"
) {
    config options;
    options.limit.links = 3;
    lone_node node(options);
    node.befriend(1, 2);
    node.link(3);
    node.link(4);
    CHECK(node.dropped == std::vector<std::size_t>{3});
    node.hear(4, join_message{});
    CHECK(node.active() == std::vector<std::size_t>{1, 2, 4});
    node.link(5);
    CHECK(node.dropped == std::vector<std::size_t>{3, 5});
    node.hear(5, join_message{});
    CHECK(node.active() == std::vector<std::size_t>{1, 2, 4});
}

TEST_CASE("limits: a neighbour makes us dial a few others and no more", "[gossip][limits]") {
    lone_node node;
    node.befriend(1, 3);
    for (std::size_t fake = 100; fake < 200; ++fake) {
        node.hear(1, shuffle_message{sample_id(fake), {{sample_id(fake), {}}}, 0});
        node.hear(1, forward_join_message{{sample_id(fake + 100), {}}, 0});
    }
    CHECK(node.wanted.size() == limits{}.hearsay_dials);
    node.fail_dial(node.wanted.front());
    node.hear(1, shuffle_message{sample_id(300), {{sample_id(300), {}}}, 0});
    CHECK(node.wanted.back() == 300);
    node.link(300);
    CHECK(node.said<shuffle_reply_message>(300).size() == 1);
}

TEST_CASE("limits: a dial that nobody needs makes room for a newcomer", "[gossip][limits]") {
    config options;
    options.limit.links = 3;
    lone_node node(options);
    node.befriend(1, 1);
    for (const std::size_t fake : {50U, 51U})
        node.hear(1, shuffle_message{sample_id(fake), {{sample_id(fake), {}}}, 0});
    CHECK(node.wanted == std::vector<std::size_t>{50, 51});
    node.link(9);
    CHECK(node.dropped.empty());
    node.hear(9, join_message{});
    CHECK(node.active() == std::vector<std::size_t>{1, 9});
}
