// SPDX-License-Identifier: Apache-2.0
#include "base/prng.hpp"
#include "digest_samples.hpp"
#include "peers/proto/peer_registry.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::peers::proto;
using verdict = peer_registry::verdict;
using source = peer_registry::source;
using extent = registry_change::extent;

namespace {

identity::endpoint_id id_of(std::uint8_t seed) {
    return test::sample_key(seed).id();
}

/// The registry judges numbers and bytes, not signatures: the encoding stands for the record.
struct registry_fixture {
    config options;
    peer_registry registry{options};
    time_point now{1h};

    verdict offer(const node_digest& digest, source how = source::link) {
        const verdict said = registry.offer(digest, encode_digest(digest).value(), how, now);
        registry.check_invariants();
        return said;
    }
    const peer_entry& entry(std::uint8_t seed) { return *registry.find(id_of(seed)); }
    std::size_t changes() {
        std::size_t count = 0;
        while (registry.poll_change())
            ++count;
        return count;
    }
};

}  // namespace

TEST_CASE_METHOD(
    registry_fixture,
    "registry: the larger (incarnation, sequence) wins",
    "[peers][registry]"
) {
    CHECK(offer(test::small_digest(1, 5, 5)) == verdict::newest);
    CHECK(offer(test::small_digest(1, 5, 5)) == verdict::known);
    CHECK(offer(test::small_digest(1, 5, 4)) == verdict::older);
    CHECK(offer(test::small_digest(1, 4, 9)) == verdict::outlived);
    CHECK(offer(test::small_digest(1, 5, 6)) == verdict::newest);
    CHECK(offer(test::small_digest(1, 6, 0)) == verdict::newest);
    CHECK(entry(1).digest->number() == digest_version{6, 0});
    CHECK(registry.size() == 1);
}

TEST_CASE_METHOD(
    registry_fixture,
    "registry: of two digests with one number the first stays",
    "[peers][registry]"
) {
    offer(test::small_digest(1, 5, 5));
    node_digest other = test::small_digest(1, 5, 5);
    other.name = "another";
    CHECK(offer(other) == verdict::conflicting);
    CHECK(entry(1).digest->name.empty());
    CHECK(registry.counts().conflicts == 1);
}

TEST_CASE_METHOD(registry_fixture, "registry: a peer is what it says it is", "[peers][registry]") {
    REQUIRE(registry.name(id_of(1), now));
    CHECK(entry(1).state == peer_state::connecting);
    std::uint64_t sequence = 0;
    node_digest digest = test::small_digest(1);
    const auto say = [&](node_state state) {
        now += 1s;
        digest.state = state;
        digest.sequence = ++sequence;
        offer(digest);
    };
    say(node_state::joining);
    CHECK(entry(1).state == peer_state::joining);
    say(node_state::alive);
    CHECK(entry(1).state == peer_state::alive);
    CHECK(entry(1).since == now);
    const time_point since = now;
    say(node_state::alive);
    CHECK(entry(1).since == since);
    CHECK(entry(1).last_heard == now);
    say(node_state::degraded);
    CHECK(entry(1).state == peer_state::degraded);
    say(node_state::draining);
    CHECK(entry(1).state == peer_state::draining);
    say(node_state::left);
    CHECK(entry(1).state == peer_state::left);
}

TEST_CASE_METHOD(
    registry_fixture,
    "registry: a lost peer is dead with evidence, and forgets nothing",
    "[peers][registry]"
) {
    node_digest digest = test::full_digest(1);
    offer(digest);
    registry.connected(id_of(1));
    changes();
    now += 40s;
    registry.unreachable(id_of(1), peer_state::dead, "idle for 30 s", now);
    CHECK(entry(1).state == peer_state::dead);
    CHECK(entry(1).evidence.words == "idle for 30 s");
    CHECK(entry(1).since == now);
    CHECK(entry(1).digest == digest);
    CHECK_FALSE(entry(1).connected);
    CHECK(changes() == 1);
    const time_point since = now;
    now += 5s;
    registry.unreachable(id_of(1), peer_state::dead, "no answer", now);
    CHECK(entry(1).since == since);
    CHECK(entry(1).evidence.words == "no answer");
    CHECK(changes() == 1);
    registry.unreachable(id_of(1), peer_state::dead, "no answer", now);
    CHECK(changes() == 0);
    CHECK(offer(digest) == verdict::known);
    CHECK(entry(1).state == peer_state::alive);
    CHECK(entry(1).evidence.words == "connected again");
}

TEST_CASE_METHOD(
    registry_fixture,
    "registry: one that left is not called dead",
    "[peers][registry]"
) {
    node_digest digest = test::small_digest(1);
    digest.state = node_state::left;
    offer(digest);
    registry.unreachable(id_of(1), peer_state::dead, "idle for 30 s", now + 30s);
    CHECK(entry(1).state == peer_state::left);
    offer(test::small_digest(2));
    registry.unreachable(id_of(2), peer_state::left, "the node is leaving", now);
    CHECK(entry(2).state == peer_state::left);
    CHECK(offer(test::small_digest(2, 2, 1)) == verdict::newest);
    CHECK(entry(2).state == peer_state::alive);
    CHECK(entry(2).evidence.words == "restarted");
}

TEST_CASE_METHOD(registry_fixture, "registry: a restart is seen as one", "[peers][registry]") {
    offer(test::small_digest(1, 1, 9));
    now += 10s;
    offer(test::small_digest(1, 2, 1));
    CHECK(entry(1).state == peer_state::alive);
    CHECK(entry(1).evidence.words == "restarted");
    CHECK(entry(1).since == now);
}

TEST_CASE_METHOD(
    registry_fixture,
    "registry: uptime counts from the earliest start that follows",
    "[peers][registry]"
) {
    node_digest digest = test::small_digest(1, 1, 1);
    digest.uptime = std::chrono::minutes(10);
    offer(digest);
    registry.connected(id_of(1));
    CHECK(entry(1).uptime(now + 5s) == duration(10min + 5s));
    now += 1min;
    digest.sequence = 2;
    digest.uptime = std::chrono::minutes(10) + 30s;  // was 30 s under way
    offer(digest);
    CHECK(entry(1).uptime(now) == duration(11min));
    digest.incarnation = 2;
    digest.uptime = 1s;
    offer(digest);
    CHECK(entry(1).uptime(now) == duration(1s));
    registry.unreachable(id_of(1), peer_state::dead, "gone", now);
    CHECK_FALSE(entry(1).uptime(now));
}

TEST_CASE_METHOD(
    registry_fixture,
    "registry: records of one origin are rationed",
    "[peers][registry]"
) {
    offer(test::small_digest(1));
    int taken = 0;
    while (registry.take_token(id_of(1), now))
        ++taken;
    CHECK(taken == static_cast<int>(options.records_taken_burst));
    now += 1500ms;
    CHECK(registry.take_token(id_of(1), now));
    CHECK_FALSE(registry.take_token(id_of(1), now));
    CHECK(registry.take_token(id_of(2), now));  // a stranger's first
}

// Else its links would be closed, and closed again, because a role has much to tell.
TEST_CASE_METHOD(
    registry_fixture,
    "registry: a host whose digest never rests stays within its ration",
    "[peers][registry]"
) {
    const auto paced = static_cast<double>(1min / options.record_interval);
    const double said_per_minute = 2 * paced + 60 * options.contradictions_per_second;
    CHECK(options.records_taken_per_minute >= said_per_minute);
    CHECK(options.records_taken_burst >= 2 * options.record_burst + options.contradictions_burst);
}

TEST_CASE("registry: the longest gone makes room, nobody else does", "[peers][registry]") {
    registry_fixture at;
    at.options.peers_max = 4;
    at.registry = peer_registry(at.options);
    REQUIRE(at.registry.name(id_of(1), at.now));
    for (const std::uint8_t seed : {std::uint8_t{2}, std::uint8_t{3}, std::uint8_t{4}}) {
        at.offer(test::small_digest(seed));
        at.registry.connected(id_of(seed));
    }
    CHECK(at.offer(test::small_digest(5)) == verdict::no_room);
    at.registry.unreachable(id_of(3), peer_state::dead, "", at.now + 1s);
    at.registry.unreachable(id_of(2), peer_state::dead, "", at.now + 2s);
    at.changes();
    CHECK(at.offer(test::small_digest(5)) == verdict::newest);
    CHECK(at.registry.find(id_of(3)) == nullptr);
    CHECK(at.registry.find(id_of(2)) != nullptr);
    CHECK(at.registry.find(id_of(1)) != nullptr);
    CHECK(at.registry.counts().evictions == 1);
    std::size_t forgotten = 0;
    while (const auto change = at.registry.poll_change())
        if (change->what == extent::forgotten) forgotten += change->peer == id_of(3) ? 1 : 100;
    CHECK(forgotten == 1);
    CHECK(at.offer(test::small_digest(2, 1, 2)) == verdict::newest);  // it is known
}

TEST_CASE_METHOD(
    registry_fixture,
    "registry: one that was named goes in time once it is not named any more",
    "[peers][registry]"
) {
    REQUIRE(registry.name(id_of(1), now));
    registry.unreachable(id_of(1), peer_state::dead, "does not answer", now);
    registry.expire(now + 2 * options.tombstone_life);
    CHECK(registry.find(id_of(1)) != nullptr);
    registry.unname(id_of(1));
    registry.unname(id_of(2));
    registry.expire(now + 2 * options.tombstone_life);
    CHECK(registry.find(id_of(1)) == nullptr);
}

TEST_CASE("registry: two thousand identities leave no more than the cap", "[peers][registry]") {
    registry_fixture at;
    at.options.peers_max = 16;
    at.registry = peer_registry(at.options);
    prng random(3);
    for (int i = 0; i < 2'000; ++i) {
        std::array<std::uint8_t, 32> seed{};
        for (auto& byte : seed)
            byte = static_cast<std::uint8_t>(random.next());
        node_digest digest = test::small_digest(1);
        digest.origin = identity::secret_key::from_seed(seed).id();
        at.now += 1s;
        at.offer(digest);
        at.changes();
    }
    CHECK(at.registry.size() == 16);
}

TEST_CASE_METHOD(
    registry_fixture,
    "registry: a peer that others vouch for is alive and has an uptime",
    "[peers][registry]"
) {
    auto digest = test::small_digest(1);
    digest.uptime = 2h;
    CHECK(offer(digest, source::mesh) == verdict::newest);
    CHECK(entry(1).state == peer_state::alive);
    CHECK_FALSE(entry(1).connected);
    CHECK(entry(1).evidence.words == "says so by gossip");
    CHECK(entry(1).uptime(now) == 2h);
}

TEST_CASE_METHOD(
    registry_fixture,
    "registry: an old record from others does not raise the dead, a newer one does",
    "[peers][registry]"
) {
    offer(test::small_digest(1, 1, 5), source::mesh);
    registry.unreachable(id_of(1), peer_state::dead, "lost by somebody", now);
    CHECK(offer(test::small_digest(1, 1, 5), source::mesh) == verdict::known);
    CHECK(entry(1).state == peer_state::dead);
    CHECK(offer(test::small_digest(1, 1, 6), source::mesh) == verdict::newest);
    CHECK(entry(1).state == peer_state::alive);
}
