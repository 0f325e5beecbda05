// SPDX-License-Identifier: Apache-2.0
#include "mesh_sample.hpp"
#include "peers/proto/sync_exchange.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::peers::proto;
using test::mesh_node;

namespace {

/// Makes `node` know a small digest of each of `seeds`.
void teach(mesh_node& node, std::initializer_list<int> seeds, std::uint64_t sequence = 1) {
    for (const int seed : seeds) {
        auto digest = test::small_digest(static_cast<std::uint8_t>(seed), 1, sequence);
        digest.mesh = "m";
        const auto key = test::sample_key(static_cast<std::uint8_t>(seed));
        node.talk.take_record(sign_digest(key, digest).value(), node.now);
    }
}

struct outcome {
    std::size_t bytes = 0;
    std::size_t news_at_opener = 0;
    std::size_t news_at_answerer = 0;
    bool is_finished = false;
};

/// Carries everything both ends say.
outcome compare(mesh_node& opener, mesh_node& answerer) {
    sync_exchange one(opener.talk, answerer.id(), 1024);
    sync_exchange other(answerer.talk, opener.id(), 1024);
    outcome seen;
    one.open();
    for (bool is_moving = true; is_moving;) {
        is_moving = false;
        while (const auto frame = one.poll_frame()) {
            seen.bytes += frame->size();
            other.receive(*frame, answerer.now);
            is_moving = true;
        }
        while (const auto frame = other.poll_frame()) {
            seen.bytes += frame->size();
            one.receive(*frame, opener.now);
            is_moving = true;
        }
    }
    seen.news_at_opener = one.news();
    seen.news_at_answerer = other.news();
    seen.is_finished = one.where() == sync_exchange::phase::finished
                       && other.where() == sync_exchange::phase::finished && one.has_said_all()
                       && other.has_said_all();
    return seen;
}

}  // namespace

TEST_CASE("sync: each end gets what it lacks", "[peers][sync]") {
    mesh_node a(1), b(2);
    teach(a, {10, 11, 12});
    teach(b, {12, 13});
    teach(a, {14}, 5);
    teach(b, {14}, 4);
    const auto seen = compare(a, b);
    CHECK(seen.is_finished);
    CHECK(seen.news_at_opener == 1);
    CHECK(seen.news_at_answerer == 3);
    CHECK(b.registry.find(test::sample_key(14).id())->digest->sequence == 5);
    CHECK(a.registry.find(test::sample_key(13).id()) != nullptr);
    CHECK(summarize(a.talk.entries()) == summarize(b.talk.entries()));
}

TEST_CASE("sync: two that agree say little", "[peers][sync]") {
    mesh_node a(1), b(2);
    for (int seed = 10; seed < 60; ++seed) {
        teach(a, {seed});
        teach(b, {seed});
    }
    const auto seen = compare(a, b);
    CHECK(seen.is_finished);
    CHECK(seen.bytes < 600);
    CHECK(seen.news_at_opener + seen.news_at_answerer == 0);
}

TEST_CASE("sync: a newcomer learns everybody, and is learnt", "[peers][sync]") {
    mesh_node a(1), b(2);
    a.self.sign(a.now);
    b.self.sign(b.now);
    for (int seed = 10; seed < 110; ++seed)
        teach(b, {seed});
    const auto seen = compare(a, b);
    CHECK(seen.is_finished);
    CHECK(a.registry.size() == 101);
    CHECK(b.sees(a) == "alive");
}

TEST_CASE(
    "sync: the dead are not handed on, and the end that counts them says so",
    "[peers][sync]"
) {
    mesh_node a(1), b(2);
    teach(a, {10, 11});
    const auto dead = test::sample_key(10).id();
    a.registry.unreachable(dead, peer_state::dead, "lost", a.now);
    compare(a, b);
    CHECK(b.registry.find(dead) == nullptr);
    CHECK(b.registry.size() == 1);

    teach(b, {10});
    compare(b, a);
    b.advance(1min);
    CHECK(b.registry.find(dead)->state == peer_state::dead);
}

TEST_CASE("sync: nonsense fails, and too much fails", "[peers][sync]") {
    mesh_node a(1), b(2);
    sync_exchange twice(a.talk, b.id(), 4);
    byte_buffer summary;
    append_frame(summary, 1, byte_buffer(8 * sync_buckets, 7));
    twice.receive(summary, a.now);
    CHECK(twice.where() == sync_exchange::phase::waiting);
    twice.receive(summary, a.now);
    CHECK(twice.where() == sync_exchange::phase::failed);
    CHECK_FALSE(twice.poll_frame());

    sync_exchange short_one(a.talk, b.id(), 4);
    byte_buffer cut;
    append_frame(cut, 1, byte_buffer(9, 7));
    short_one.receive(cut, a.now);
    CHECK(short_one.where() == sync_exchange::phase::failed);

    sync_exchange flooded(a.talk, b.id(), 4);
    byte_buffer wanted;
    append_frame(wanted, 5, b.id().bytes());
    for (int i = 0; i < 12; ++i)
        flooded.receive(wanted, a.now);
    CHECK(flooded.where() == sync_exchange::phase::waiting);
    flooded.receive(wanted, a.now);
    CHECK(flooded.where() == sync_exchange::phase::failed);
}
