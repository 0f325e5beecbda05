// SPDX-License-Identifier: Apache-2.0
// How a peer becomes stale and dead, how it comes back, and when it is forgotten.
#include "digest_samples.hpp"
#include "peers/proto/peer_registry.hpp"
#include "support/catch.hpp"

using namespace meshhost;
using namespace meshhost::peers::proto;
using source = peer_registry::source;
using verdict = peer_registry::verdict;

namespace {

identity::endpoint_id id_of(std::uint8_t seed) {
    return test::sample_key(seed).id();
}

struct doubt_fixture {
    config options;
    peer_registry registry{options};
    time_point now{1h};
    state_evidence why = state_evidence::of("lost");

    verdict offer(std::uint8_t seed, std::uint64_t sequence, source how = source::mesh) {
        return offer(test::small_digest(seed, 5, sequence), how);
    }
    verdict offer(const node_digest& digest, source how = source::mesh) {
        const auto said = registry.offer(digest, encode_digest(digest).value(), how, now);
        registry.check_invariants();
        return said;
    }
    void suspect(std::uint64_t sequence) {
        registry.suspect(id_of(1), why, digest_version{5, sequence}, now);
    }
    void bury(std::uint64_t sequence) {
        registry.bury(id_of(1), why, digest_version{5, sequence}, now);
    }
    std::string state() const { return to_string(registry.find(id_of(1))->state); }
};

}  // namespace

TEST_CASE_METHOD(doubt_fixture, "registry: who is doubted is stale", "[peers][registry]") {
    offer(1, 3);
    now += 1s;
    suspect(3);
    CHECK(state() == "stale");
    CHECK_FALSE(is_gone(peer_state::stale));
    CHECK(registry.find(id_of(1))->since == now);
    CHECK(registry.counts().deaths == 0);
    SECTION("further evidence is no further change of state") {
        const auto since = now;
        now += 1s;
        why.words = "lost by two";
        suspect(3);
        CHECK(registry.find(id_of(1))->since == since);
        CHECK(registry.find(id_of(1))->evidence.words == "lost by two");
    }
    SECTION("a newer record") {
        offer(1, 4);
        CHECK(state() == "alive");
        CHECK(registry.find(id_of(1))->evidence.words == "says so by gossip");
    }
    SECTION("it is met") {
        registry.met(id_of(1), "a neighbour in the gossip", now);
        CHECK(state() == "alive");
    }
    SECTION("it is connected again") {
        CHECK(offer(1, 3, source::link) == verdict::known);
        CHECK(state() == "alive");
        CHECK(registry.find(id_of(1))->evidence.words == "connected again");
    }
    SECTION("it was a mistake") {
        registry.clear(id_of(1), "this host was cut off", now);
        CHECK(state() == "alive");
    }
    CHECK(registry.counts().false_alarms == 0);
}

TEST_CASE_METHOD(
    doubt_fixture,
    "registry: one that is gone is not stale, nor is one that was never there",
    "[peers][registry]"
) {
    REQUIRE(registry.name(id_of(2), now));
    registry.suspect(id_of(2), why, std::nullopt, now);
    CHECK(registry.find(id_of(2))->state == peer_state::connecting);
    offer(1, 3);
    SECTION("left") {
        registry.unreachable(id_of(1), peer_state::left, "leaving", now);
        suspect(3);
        bury(3);
        CHECK(state() == "left");
    }
    SECTION("dead") {
        bury(3);
        suspect(4);
        CHECK(state() == "dead");
    }
}

TEST_CASE_METHOD(
    doubt_fixture,
    "registry: a record that those had who lost the peer does not bring it back",
    "[peers][registry]"
) {
    offer(1, 3);
    const bool is_dead = GENERATE(false, true);
    is_dead ? bury(6) : suspect(6);
    const std::string doubted = is_dead ? "dead" : "stale";
    CHECK(offer(1, 3) == verdict::known);
    CHECK(offer(1, 2) == verdict::older);
    CHECK(state() == doubted);
    CHECK(offer(1, 6) == verdict::newest);  // late: its words are kept, and no sign of life
    CHECK(state() == doubted);
    CHECK(registry.find(id_of(1))->digest->sequence == 6);
    SECTION("a newer one does") {
        offer(1, 7);
        CHECK(state() == "alive");
        CHECK(registry.counts().false_alarms == (is_dead ? 1 : 0));
        CHECK_FALSE(registry.find(id_of(1))->lost_with);
    }
    SECTION("so does a restart, which proves the death") {
        offer(test::small_digest(1, 6, 1));
        CHECK(state() == "alive");
        CHECK(registry.counts().false_alarms == 0);
    }
    SECTION("its last words count however late") {
        node_digest last = test::small_digest(1, 5, 7);
        last.state = node_state::left;
        offer(last);
        CHECK(state() == "left");
    }
}

TEST_CASE_METHOD(
    doubt_fixture,
    "registry: deaths and false alarms are counted",
    "[peers][registry]"
) {
    offer(1, 3);
    bury(3);
    bury(3);
    CHECK(registry.counts().deaths == 1);
    registry.met(id_of(1), "a neighbour in the gossip", now);
    CHECK(registry.counts().false_alarms == 1);
    registry.unreachable(id_of(1), peer_state::dead, "idle", now);
    CHECK(registry.counts().deaths == 2);
    offer(1, 3, source::link);
    CHECK(registry.counts().false_alarms == 2);
    REQUIRE(registry.name(id_of(2), now));
    registry.unreachable(id_of(2), peer_state::dead, "no answer", now);
    CHECK(registry.counts().deaths == 2);  // it never was there
}

TEST_CASE_METHOD(
    doubt_fixture,
    "registry: a dial that fails does not replace what others saw",
    "[peers][registry]"
) {
    offer(1, 3);
    why.what = state_evidence::basis::reports;
    bury(3);
    registry.unreachable(id_of(1), peer_state::dead, "no answer", now);
    CHECK(registry.find(id_of(1))->evidence == why);
}

TEST_CASE("registry: tombstones are few, and end", "[peers][registry]") {
    doubt_fixture at;
    at.options.tombstones_max = 3;
    at.registry = peer_registry(at.options);
    const auto bury = [&at](std::uint8_t seed) {
        at.now += 1min;
        at.offer(seed, 1);
        at.registry.bury(id_of(seed), at.why, digest_version{5, 1}, at.now);
    };
    REQUIRE(at.registry.name(id_of(9), at.now));
    for (const int seed : {9, 1, 2, 3, 4, 5})
        bury(static_cast<std::uint8_t>(seed));
    at.registry.connected(id_of(1));
    while (at.registry.poll_change()) {
    }
    CHECK(at.registry.tombstones() == 4);
    at.registry.expire(at.now);
    CHECK(at.registry.tombstones() == 3);
    CHECK(at.registry.find(id_of(2)) == nullptr);  // the oldest that nobody needs
    const auto change = at.registry.poll_change();
    REQUIRE(change);
    CHECK(change->peer == id_of(2));
    CHECK(change->what == registry_change::extent::forgotten);
    at.registry.expire(at.registry.find(id_of(4))->since + at.options.tombstone_life);
    CHECK(at.registry.find(id_of(3)) == nullptr);
    CHECK(at.registry.find(id_of(4)) == nullptr);
    CHECK(at.registry.find(id_of(5)) != nullptr);
    CHECK(at.registry.find(id_of(1)) != nullptr);
    CHECK(at.registry.find(id_of(9)) != nullptr);
    CHECK(at.registry.counts().expiries == 3);
    CHECK(at.registry.counts().evictions == 0);
}
