// SPDX-License-Identifier: Apache-2.0
#include "mesh_sample.hpp"
#include "support/catch.hpp"
#include "wire/postcard.hpp"

#include <algorithm>

using namespace meshhost;
using namespace meshhost::peers::proto;
using test::mesh_node;

TEST_CASE("mesh: nothing is said before somebody can hear it", "[peers][mesh]") {
    mesh_node a(1);
    CHECK(a.say().empty());
    a.talk.neighbor_up(test::sample_key(2).id(), a.now);
    CHECK(a.say().size() == 1);
    CHECK(a.say().empty());
}

TEST_CASE("mesh: a record that gossip brought counts once it is verified", "[peers][mesh]") {
    mesh_node a(1), b(2);
    a.talk.neighbor_up(b.id(), a.now);
    auto said = a.say();
    auto forged = said.front();
    forged[40] ^= 1;
    b.hear({forged});
    CHECK(b.sees(a) == "unknown");
    CHECK(b.talk.counts().records_forged == 1);
    b.hear(said);
    CHECK(b.sees(a) == "alive");
    const auto* const entry = b.registry.find(a.id());
    CHECK(entry->digest->name == "node-1");
    CHECK_FALSE(entry->connected);
    b.hear(said);  // replayed
    CHECK(b.registry.size() == 1);
    CHECK(b.talk.counts().records_taken == 1);
}

TEST_CASE("mesh: a record of another mesh does not count", "[peers][mesh]") {
    mesh_node b(2);
    auto digest = test::small_digest(1);
    digest.mesh = "other";
    b.hear({make_record_message(sign_digest(test::sample_key(1), digest).value())});
    CHECK(b.registry.size() == 0);
}

TEST_CASE("mesh: a replayed old record changes nothing", "[peers][mesh]") {
    mesh_node a(1), b(2);
    a.talk.neighbor_up(b.id(), a.now);
    const auto old = a.say();
    b.hear(old);
    a.advance(1s);
    a.self.set_state(node_state::draining);
    b.hear(a.say());
    CHECK(b.sees(a) == "draining");
    b.hear(old);
    CHECK(b.sees(a) == "draining");
    CHECK(b.talk.counts().records_stale == 1);
}

TEST_CASE("mesh: a record with a number that nobody reaches is not looked at", "[peers][mesh]") {
    mesh_node a(1), b(2);
    auto record = encode_digest(test::small_digest(1)).value();
    REQUIRE(record[33] == 1);  // the incarnation
    byte_buffer number;
    wire::postcard_writer(number).varint(number_max + 1);
    record.erase(record.begin() + 33);
    record.insert(record.begin() + 33, number.begin(), number.end());
    record.resize(record.size() + signature_size);
    b.hear({make_record_message(record)});
    CHECK(b.talk.counts().records_future == 1);
    CHECK(b.talk.counts().records_forged == 0);
    CHECK(b.registry.size() == 0);
}

TEST_CASE("mesh: what others forge or repeat is not charged to its origin", "[peers][mesh]") {
    mesh_node a(1), b(2);
    a.talk.neighbor_up(test::sample_key(3).id(), a.now);
    const auto old = a.say();
    b.hear(old);
    a.advance(1s);
    a.self.set_state(node_state::draining);
    b.hear(a.say());
    SECTION("digests with a signature of somebody else") {
        for (std::uint64_t number = 0; number < 1000; ++number) {
            auto digest = test::small_digest(1);
            digest.incarnation = 2000 + number;
            auto record = encode_digest(digest).value();
            record.resize(record.size() + signature_size, std::uint8_t{7});
            b.hear({make_record_message(record)});
        }
    }
    SECTION("old digests") {
        for (int i = 0; i < 1000; ++i)
            b.hear(old);
    }
    SECTION("old words of a loss") {
        const loss_report report{test::sample_key(3).id(), {1, 1}, a.id()};
        for (int i = 0; i < 1000; ++i)
            b.hear({make_loss_message(a.key, report)});
    }
    // As many as ever, but for the one that it spent itself: its first made it known.
    std::size_t left = 0;
    while (b.registry.take_token(a.id(), b.now))
        ++left;
    CHECK(static_cast<double>(left) == b.options.records_taken_burst - 1);
}

TEST_CASE("mesh: a flood of forgeries is bounded, and comparisons go on", "[peers][mesh]") {
    config few;
    few.verifications_burst = 10;
    few.verifications_per_second = 1;
    mesh_node a(1), b(2, few);
    a.talk.neighbor_up(b.id(), a.now);
    const auto genuine = a.say();
    for (std::uint64_t number = 0; number < 10; ++number) {
        auto digest = test::small_digest(4);
        digest.incarnation = 2000 + number;
        auto record = encode_digest(digest).value();
        record.resize(record.size() + signature_size, std::uint8_t{7});
        b.hear({make_record_message(record)});
    }
    b.hear(genuine);
    CHECK(b.sees(a) == "unknown");
    SECTION("time goes by") {
        b.advance(1s);
        b.hear(genuine);
    }
    SECTION("a neighbour knows") {
        CHECK(b.talk.take_record(bytes_view(genuine.front()).subspan(1), b.now));
    }
    CHECK(b.sees(a) == "alive");
}

TEST_CASE("mesh: changes are merged, and paced after a burst", "[peers][mesh]") {
    mesh_node a(1);
    a.talk.neighbor_up(test::sample_key(2).id(), a.now);
    CHECK(a.say().size() == 1);
    std::size_t said = 0;
    for (int i = 0; i < 600; ++i) {  // a change every 100 ms, for a minute
        a.advance(100ms);
        REQUIRE_FALSE(a.self.set_contribution(test::sample_contribution("r", "k", std::int64_t{i}))
        );
        said += a.say().size();
    }
    CHECK(said >= 20);
    CHECK(said <= 25);
    a.self.set_state(node_state::draining);
    a.advance(100ms);
    CHECK(a.say().size() == 1);  // a change of state is never held back
}

TEST_CASE("mesh: a silent record goes again before its lease ends", "[peers][mesh]") {
    mesh_node a(1), b(2);
    a.talk.neighbor_up(b.id(), a.now);
    b.hear(a.say());
    for (int minute = 0; minute < 60; ++minute) {
        a.advance(1min);
        b.advance(1min);
        b.hear(a.say());
        REQUIRE(b.sees(a) == "alive");
    }
    for (int minute = 0; minute < 60; ++minute)  // now a says nothing more
        b.advance(1min);
    CHECK(b.sees(a) == "dead");
    CHECK_THAT(b.why(a), Catch::StartsWith("no record of it for 6"));
}

TEST_CASE("mesh: two that lost a peer make it dead at once, one after a while", "[peers][mesh]") {
    mesh_node a(1), b(2), c(3), d(4);
    for (mesh_node* each : {&a, &b, &c, &d})
        each->talk.neighbor_up(test::sample_key(9).id(), each->now);
    const auto of_a = a.say(), of_b = b.say(), of_c = c.say();
    for (mesh_node* each : {&b, &c, &d}) {
        each->hear(of_a);
        each->hear(of_b);
        each->hear(of_c);
    }
    b.talk.neighbor_down(a.id(), true, b.now);
    b.advance(b.options.loss_hold);
    const auto first = b.say();
    REQUIRE(first.size() == 1);
    d.hear(first);
    d.advance(1s);
    CHECK(d.sees(a) == "stale");
    SECTION("a second reporter") {
        c.talk.neighbor_down(a.id(), true, c.now);
        c.advance(c.options.loss_hold);
        d.hear(c.say());
        d.hear(first);  // the same again is no third
        d.advance(0s);
        CHECK(d.sees(a) == "dead");
        CHECK(d.why(a) == "2 hosts lost it just now: node-2, node-3");
    }
    SECTION("nobody else") {
        d.advance(3s);
        CHECK(d.sees(a) == "stale");
        d.advance(2s);
        CHECK(d.sees(a) == "dead");
    }
    SECTION("it lives") {
        a.now += 1s;
        a.hear(first);
        const auto refuted = a.say();
        REQUIRE(refuted.size() == 1);
        a.hear(first);
        CHECK(a.say().empty());  // once is enough
        d.hear(refuted);
        d.advance(1min);
        CHECK(d.sees(a) == "alive");
    }
    SECTION("a stranger's word counts nothing") {
        const auto stranger = test::sample_key(7);
        const loss_report report{b.id(), d.registry.find(b.id())->digest->number(), stranger.id()};
        d.hear({make_loss_message(stranger, report)});
        d.advance(1min);
        CHECK(d.sees(b) == "alive");
    }
}

TEST_CASE("mesh: the lower of two neighbours compares at once, either one later", "[peers][mesh]") {
    mesh_node a(1), b(2);
    mesh_node& lower = a.id() < b.id() ? a : b;
    mesh_node& higher = a.id() < b.id() ? b : a;
    lower.talk.neighbor_up(higher.id(), lower.now);
    higher.talk.neighbor_up(lower.id(), higher.now);
    lower.say();
    higher.say();
    CHECK(lower.syncs.size() == 1);
    CHECK(higher.syncs.empty());
    for (int i = 0; i < 3600; ++i) {  // an hour: the waits grow from 1 s to 17 min
        higher.advance(1s);
        higher.say();
    }
    CHECK(higher.syncs.size() >= 5);
    CHECK(higher.syncs.size() <= 8);
}

TEST_CASE("mesh: a neighbour that compares all the time puts off no comparison", "[peers][mesh]") {
    mesh_node a(1);
    a.talk.neighbor_up(test::sample_key(2).id(), a.now);
    a.say();
    a.syncs.clear();
    const bool has_news = GENERATE(false, true);
    for (int i = 0; i < 6000; ++i) {  // ten minutes
        a.advance(100ms);
        a.talk.sync_ended(has_news, a.now);
        a.say();
    }
    CHECK(a.syncs.size() >= (has_news ? 60 : 3));
}

TEST_CASE("mesh: who missed something asks who is there, and compares", "[peers][mesh]") {
    mesh_node a(1);
    const auto gone = test::sample_key(2).id();
    const auto stays = test::sample_key(3).id();
    const auto came = test::sample_key(4).id();
    a.talk.neighbor_up(gone, a.now);
    a.talk.neighbor_up(stays, a.now);
    a.say();
    a.syncs.clear();
    a.talk.lagged({stays, came}, a.now);
    CHECK(a.talk.neighbors() == std::vector{stays, came});
    CHECK(a.say().empty());  // nobody is said to be lost
    REQUIRE_FALSE(a.syncs.empty());
    CHECK(std::find(a.syncs.begin(), a.syncs.end(), gone) == a.syncs.end());
    a.talk.lagged({}, a.now);
    CHECK(a.talk.neighbors().empty());
    CHECK_FALSE(a.talk.next_deadline() == a.now);
}
