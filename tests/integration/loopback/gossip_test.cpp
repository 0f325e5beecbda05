// SPDX-License-Identifier: Apache-2.0
// The gossip on real sockets, with a peer that does what it likes: what it costs the host in
// memory and descriptors, and that nobody else loses a message by it.
#include "live_gossip.hpp"

using namespace meshhost;
using namespace meshhost::gossip;
using test::allocated_bytes;
using test::live_fixture;
using test::open_descriptors;
using test::topic_of;

TEST_CASE_METHOD(
    live_fixture,
    "gossip: a million announcements of nothing cost no memory and no message",
    "[loopback][gossip]"
) {
    become_neighbor();
    say("before");
    const std::size_t descriptors = open_descriptors();
    const std::size_t memory = allocated_bytes();
    prng random(7);
    for (int frame = 0; frame < 10'000; ++frame) {
        proto::ihave_message many;
        for (int i = 0; i < 100; ++i) {
            proto::announcement one;
            for (std::size_t at = 0; at < one.id.bytes.size(); at += 8) {
                const std::uint64_t drawn = random.next();
                for (std::size_t byte = 0; byte < 8; ++byte)
                    one.id.bytes[at + byte] = static_cast<std::uint8_t>(drawn >> 8 * byte);
            }
            many.items.push_back(one);
        }
        hostile.write(many);
        if (frame % 1000 == 0) say("meanwhile " + std::to_string(frame));
    }
    say("after");
    const auto sizes = host.service.measure(topic_of(1))->sizes;
    CHECK(sizes.missing <= proto::limits{}.missing_of_peer);
    CHECK(open_descriptors() <= descriptors);
    CHECK(allocated_bytes() < memory + (std::size_t{16} << 20));
}

TEST_CASE_METHOD(
    live_fixture,
    "gossip: a neighbour that stops reading is let go within its bounds",
    "[loopback][gossip]"
) {
    become_neighbor();
    say("before");
    const std::size_t memory = allocated_bytes();
    hostile.peer->is_deaf = true;
    for (int i = 0; i < 4000 && !hostile.peer->closed; ++i)
        say(std::to_string(i) + std::string(3000, '.'));
    REQUIRE(hostile.peer->closed);
    CHECK(hostile.peer->closed->code == static_cast<std::uint64_t>(close_code::too_slow));
    CHECK(host.service.measure().slow_peers == 1);
    CHECK(allocated_bytes() < memory + (std::size_t{32} << 20));
    say("after");
    CHECK(run_until([&] { return host.service.measure().connections == 1; }));
    CHECK(run_until([&] { return host.endpoint->measure().send_bytes < 100'000; }));
}

TEST_CASE_METHOD(live_fixture, "gossip: a stranger's graft buys it nothing", "[loopback][gossip]") {
    hostile.write(proto::graft_message{});
    for (int i = 0; i < 20; ++i)
        say(std::to_string(i) + std::string(1000, '.'));
    CHECK(hostile.peer->received < 1000);
    CHECK(host.heard[1].neighbors == 1);
    CHECK(host.service.measure(topic_of(1))->counts.strangers >= 1);
}

TEST_CASE_METHOD(
    live_fixture,
    "gossip: an oversize broadcast is refused, an oversize frame ends its sender's link",
    "[loopback][gossip]"
) {
    CHECK_FALSE(host.say(std::string(proto::content_size_max + 1, 'x')));
    say(std::string(proto::content_size_max, 'y'));
    hostile.stream->write(byte_buffer{0, 0, 0x10, 1});
    REQUIRE(run_until([&] { return hostile.peer->closed.has_value(); }));
    CHECK(hostile.peer->closed->code == static_cast<std::uint64_t>(close_code::violation));
    say("after");
}

TEST_CASE_METHOD(
    live_fixture,
    "gossip: a topic is left while another lives on the same connection",
    "[loopback][gossip]"
) {
    host.join(2);
    friendly.join(2, {test::address_of(*host.endpoint)});
    REQUIRE(run_until([&] {
        return host.heard[2].neighbors == 1 && friendly.heard[2].neighbors == 1;
    }));
    host.service.leave(*host.held.at(1));
    REQUIRE(run_until([&] { return friendly.heard[1].neighbors == 0; }));
    for (int i = 0; i < 100; ++i)
        REQUIRE(host.say(std::to_string(i), 2));
    CHECK(run_until([&] { return friendly.heard[2].messages == 100; }));
    CHECK(friendly.service.measure().connections == 1);
}

TEST_CASE_METHOD(
    live_fixture,
    "gossip: messages that are forged or repeated reach nobody twice",
    "[loopback][gossip]"
) {
    become_neighbor();
    proto::gossip_message message;
    const std::string text = "said once";
    message.content = as_bytes(text);
    message.id = identity::hash_content(message.content);
    for (int i = 0; i < 10; ++i)
        hostile.write(message);
    message.id.bytes[0] ^= 1;
    hostile.write(message);
    REQUIRE(run_until([&] { return friendly.heard[1].messages == 1; }));
    ++said;
    say("after");
    CHECK(host.heard[1].messages == 1);
    CHECK(host.service.measure(topic_of(1))->counts.spoofed == 1);
}

namespace {

/// Two hosts that share more topics than one may open streams to the other.
struct crowded_fixture {
    static constexpr std::uint8_t topics = 150;
    net::shard shard;
    test::gossip_host a{shard, 1};
    test::gossip_host b{shard, 2};

    crowded_fixture() {
        for (std::uint8_t topic = 1; topic <= topics; ++topic) {
            b.join(topic);
            a.join(topic, {test::address_of(*b.endpoint)});
        }
        REQUIRE(run_until([&] { return is_whole(); }));
    }
    template <class Predicate>
    bool run_until(Predicate done) {
        return test::run_until(shard, done);
    }
    template <class Predicate>
    bool everywhere(Predicate is_so) const {
        const auto at = [&](const test::gossip_host& host) {
            return std::all_of(host.heard.begin(), host.heard.end(), [&](const auto& entry) {
                return is_so(entry.second);
            });
        };
        return at(a) && at(b);
    }
    bool is_whole() const {
        return everywhere([](const test::collector& heard) { return heard.neighbors == 1; });
    }
    /// Each host, on each topic.
    void say(const std::string& text) {
        for (std::uint8_t topic = 1; topic <= topics; ++topic) {
            REQUIRE(a.say("a " + text, topic));
            REQUIRE(b.say("b " + text, topic));
        }
    }
    bool have_heard(std::size_t messages) const {
        return everywhere([&](const test::collector& heard) { return heard.messages >= messages; });
    }
    std::uint64_t worn_out() const {
        return a.service.measure().worn_out + b.service.measure().worn_out;
    }
};

}  // namespace

TEST_CASE_METHOD(
    crowded_fixture,
    "gossip: a hundred and fifty topics share a hundred streams",
    "[loopback][gossip]"
) {
    for (int round = 0; round < 5; ++round)
        say(std::to_string(round));
    CHECK(run_until([&] { return have_heard(5); }));
    for (const auto* host : {&a, &b}) {
        const auto figures = host->service.measure();
        CHECK(figures.links_up == 1);
        CHECK(figures.slow_peers == 0);
        CHECK(figures.frames_dropped == 0);
    }
    CHECK(worn_out() == 0);
}

TEST_CASE_METHOD(
    crowded_fixture,
    "gossip: all topics go on over the next connection when one is worn out",
    "[loopback][gossip]"
) {
    std::size_t rounds = 0;
    while (worn_out() == 0 && rounds < 200) {
        say(std::to_string(rounds++));
        REQUIRE(run_until([&] { return have_heard(rounds) || worn_out() > 0; }));
    }
    CHECK(rounds > 50);  // 8,192 streams, and those at once
    REQUIRE(worn_out() >= 1);
    const auto is_replaced = [](const test::gossip_host& host) {
        const auto figures = host.service.measure();
        return figures.links_up >= 2 && figures.connections == 1 && figures.links == 1;
    };
    REQUIRE(run_until([&] { return is_replaced(a) && is_replaced(b) && is_whole(); }));
    for (auto* host : {&a, &b})
        for (auto& [topic, heard] : host->heard)
            heard.messages = 0;
    say("again");
    CHECK(run_until([&] { return have_heard(1); }));
    CHECK(a.service.measure().slow_peers == 0);
    CHECK(b.service.measure().slow_peers == 0);
}
