// SPDX-License-Identifier: Apache-2.0
// Stories of a node and one that does as it should not.
#include "pair_fixture.hpp"
#include "peers/proto/errc.hpp"
#include "peers/proto/signed_digest.hpp"

using namespace meshhost;
using namespace meshhost::peers::proto;
using test::pair_fixture;
using test::state_net;

TEST_CASE("peers: one of another mesh is refused by name", "[peers][state]") {
    state_net net;
    const auto a = net.add(1, "red");
    const auto b = net.add(2, "blue");
    net.start(a, 1);
    net.start(b, 1);
    net.name(a, b);
    net.run_for(1s);
    CHECK(net.seen(a, b) == "refused");
    CHECK_THAT(net.entry(a, b)->evidence.words, Catch::Contains("\"blue\""));
    CHECK(net.seen(b, a) == "unknown");  // a stranger leaves nothing behind
    CHECK(net.connections(a, b) == 0);
    const auto dials = net.dials(a);
    net.run_for(10min);
    CHECK(net.dials(a) - dials < 40);  // the back-off goes to its cap
    CHECK(net.state(b).registry().size() == 0);
}

TEST_CASE_METHOD(
    pair_fixture,
    "peers: records are worth nothing from the wrong hands",
    "[peers][state]"
) {
    meet();
    const auto expect = [&](const byte_buffer& frame, close_code code) {
        const auto closes = net.closes(a).size();
        net.inject(b, a, frame);
        REQUIRE(net.closes(a).size() == closes + 1);
        CHECK(net.closes(a).back() == code);
        net.run_for(2ms);
        CHECK(net.seen(a, b) == "dead");
        CHECK(net.entry(a, b)->digest->incarnation == 1000);
        REQUIRE(settled(60s));
    };
    const auto stranger = test::sample_key(9);
    node_digest digest = test::small_digest(9);
    digest.mesh = "m";
    expect(make_record_frame(sign_digest(stranger, digest).value()), close_code::foreign_record);
    byte_buffer forged = sign_digest(net.key(b), test::small_digest(2, 9'999)).value();
    forged.back() ^= 1;
    expect(make_record_frame(forged), close_code::forged_record);
    expect(make_record_frame(byte_buffer(100, 1)), close_code::bad_record);
    expect({1, 0xff, 0xff}, close_code::bad_frame);
    byte_buffer broken_heard;
    append_frame(broken_heard, 2, byte_buffer{1});
    expect(broken_heard, close_code::bad_frame);
}

TEST_CASE_METHOD(pair_fixture, "peers: frames of a later version are skipped", "[peers][state]") {
    meet();
    byte_buffer frame;
    append_frame(frame, 99, byte_buffer(1000, 1));
    net.inject(b, a, frame);
    contribute(b, std::int64_t{5});
    net.run_for(150ms);
    CHECK(contribution(a, b) == digest_value(std::int64_t{5}));
    CHECK(net.closes(a).empty());
}

TEST_CASE_METHOD(
    pair_fixture,
    "peers: a flood closes the link, of records or of anything",
    "[peers][state]"
) {
    meet();
    SECTION("records") {
        for (std::uint64_t sequence = 100; net.closes(a).empty() && sequence < 200; ++sequence) {
            node_digest digest = test::small_digest(2, 1000, sequence);
            digest.mesh = "m";
            net.inject(b, a, make_record_frame(sign_digest(net.key(b), digest).value()));
            net.run_for(100ms);
        }
    }
    SECTION("frames") {
        byte_buffer frames;
        for (int i = 0; i < 1000; ++i)
            append_frame(frames, 99, {});
        net.inject(b, a, frames);
    }
    REQUIRE(net.closes(a) == std::vector{close_code::too_fast});
}

TEST_CASE_METHOD(
    pair_fixture,
    "peers: a replayed record is dropped without harm",
    "[peers][state]"
) {
    meet();
    const byte_buffer old = net.entry(a, b)->record;
    contribute(b, std::int64_t{1});
    net.run_for(1s);
    const auto number = net.entry(a, b)->digest->number();
    for (int i = 0; i < 30; ++i) {
        net.inject(b, a, make_record_frame(old));
        net.run_for(100ms);
    }
    CHECK(net.entry(a, b)->digest->number() == number);
    CHECK(net.closes(a).empty());
    CHECK(net.closes(b).empty());
}

TEST_CASE_METHOD(
    pair_fixture,
    "peers: one that stops acknowledging is closed, and gets the latest later",
    "[peers][state]"
) {
    meet();
    net.run_for(1s);
    net.set_deaf(b, true);
    const auto frames = net.frames(a);
    for (std::int64_t i = 0; i < 100; ++i) {
        contribute(a, i);
        net.run_for(100ms);
    }
    CHECK(net.frames(a) == frames + 1);  // the rest waits as one
    REQUIRE(net.run_until([&] { return net.seen(a, b) == "dead"; }, 10s));
    CHECK(net.closes(a) == std::vector{close_code::unresponsive});
    net.set_deaf(b, false);
    REQUIRE(settled(60s));
    CHECK(contribution(b, a) == digest_value(std::int64_t{99}));
}

TEST_CASE("peers: one that connects and says nothing is closed", "[peers][state]") {
    state_net net;
    const auto a = net.add(1);
    const auto b = net.add(2);
    net.start(a, 1);
    net.start(b, 1);
    net.set_deaf(b, true);  // it will not see the stream, and so it hears nothing
    net.name(a, b);
    net.run_for(6s);
    REQUIRE_FALSE(net.closes(b).empty());
    CHECK(net.closes(b).front() == close_code::silent);
    CHECK(net.seen(a, b) == "dead");
    CHECK_THAT(net.entry(a, b)->evidence.words, Catch::Contains("no digest"));
}

TEST_CASE("peers: a second host with the same key is told so", "[peers][state]") {
    state_net net;
    const auto a = net.add(1);
    net.start(a, 1);
    const auto link = net.state(a).link_accepted(net.id(a), net.now());
    REQUIRE(link);
    const auto output = net.state(a).poll_output();
    while (net.state(a).poll_output()) {
    }
    REQUIRE(output);
    REQUIRE(std::holds_alternative<close_output>(*output));
    CHECK(std::get<close_output>(*output).code == close_code::same_identity);
    net.name(a, a);
    CHECK(net.dials(a) == 0);
    CHECK(net.state(a).registry().size() == 0);
}

TEST_CASE(
    "peers: a full link table refuses, and dials when there is room again",
    "[peers][state]"
) {
    config options;
    options.links_max = 1;
    state_net net(options);
    const auto a = net.add(1);
    const auto b = net.add(2);
    const auto c = net.add(3);
    for (const auto node : {a, b, c})
        net.start(node, 1);
    net.name(a, b);
    net.run_for(1s);
    REQUIRE(net.seen(a, b) == "alive");
    net.name(c, a);
    net.run_for(1s);
    CHECK(net.seen(c, a) == "dead");
    CHECK(net.seen(a, c) == "unknown");
    net.name(a, c);
    net.run_for(1s);
    CHECK(net.state(a).links().size() == 1);
    net.kill(b);
    REQUIRE(net.run_until([&] { return net.seen(a, c) == "alive"; }, 120s));
}

TEST_CASE(
    "peers: a forgotten peer's dial is given up, and everything is consistent",
    "[peers][state]"
) {
    config options;
    options.peers_max = 3;
    state_net net(options);
    std::vector<std::size_t> nodes;
    for (std::uint8_t seed = 1; seed <= 8; ++seed)
        nodes.push_back(net.add(seed));
    for (const auto node : nodes)
        net.start(node, 1);
    for (std::size_t i = 1; i < nodes.size(); ++i) {  // each comes, dies, and the next one comes
        net.name(nodes[i], nodes[0]);
        net.run_for(1s);
        net.kill(nodes[i]);
        net.run_for(35s);
    }
    CHECK(net.state(nodes[0]).registry().size() == 3);
    CHECK(net.state(nodes[0]).schedule().size() == 3);
    CHECK(net.state(nodes[0]).registry().counts().evictions == 4);
}
