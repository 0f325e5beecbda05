// SPDX-License-Identifier: Apache-2.0
// A neighbour in the topic on digests that speaks of somebody else: what it forges and repeats must
// not reach the one it names.
#include "live_gossip.hpp"
#include "peers/proto/mesh_message.hpp"
#include "peers/proto/signed_digest.hpp"

using namespace meshhost;
using namespace meshhost::peers::proto;

namespace {

struct hostile_mesh_fixture {
    net::shard shard;
    test::loopback_host host{shard, {.seed = 1, .hears_gossip = true}};
    test::loopback_host victim{shard, {.seed = 2, .hears_gossip = true, .named = {host.address()}}};
    test::attacker hostile{shard, 9};
    const identity::endpoint_id& victim_id = victim.endpoint->id();

    hostile_mesh_fixture() {
        REQUIRE(run_until([&] {
            return host.sees(victim_id) == "alive" && victim.sees(host.endpoint->id()) == "alive"
                   && neighbors() == 1;
        }));
        hostile.connect(host.address(), *host.service->topic());
        hostile.write(gossip::proto::neighbor_message{gossip::proto::priority::high, {}});
        REQUIRE(run_until([&] { return neighbors() == 2; }));
    }
    template <class Predicate>
    bool run_until(Predicate done) {
        return test::run_until(shard, done);
    }
    std::size_t neighbors() const {
        return host.gossip->measure(*host.service->topic())->active.size();
    }
    /// What the victim says now arrives, over its own connection.
    void check_delivery(std::int64_t value) {
        victim.contribute(value);
        REQUIRE(run_until([&] { return host.contribution(victim_id) == value; }));
    }
    node_digest digest_of_victim(std::uint64_t incarnation, std::uint64_t sequence) const {
        node_digest digest = victim.service->self();
        digest.incarnation = incarnation;
        digest.sequence = sequence;
        return digest;
    }
};

}  // namespace

TEST_CASE_METHOD(
    hostile_mesh_fixture,
    "hostile: digests that name a victim, forged or repeated, cost it nothing",
    "[loopback][gossip][peers]"
) {
    check_delivery(1);
    const std::size_t descriptors = test::open_descriptors();
    const std::size_t memory = test::allocated_bytes();
    const auto before = host.service->measure();
    const auto evidence = host.evidence;
    const bool is_forged = GENERATE(true, false);
    const auto key = test::loopback_key(is_forged ? 9 : 2);
    for (std::uint64_t i = 0; i < 2000; ++i) {
        auto digest = digest_of_victim(is_forged ? 1'000'000 + i : 1, i);
        if (is_forged) digest.origin = key.id();
        auto record = sign_digest(key, digest).value();
        if (is_forged)
            std::copy(victim_id.bytes().begin(), victim_id.bytes().end(), record.begin() + 1);
        hostile.broadcast(make_record_message(record));
        if (i % 500 == 0) check_delivery(static_cast<std::int64_t>(2 + i));
    }
    REQUIRE(run_until([&] { return hostile.connection->send_bytes() == 0; }));  // all is read
    check_delivery(3000);
    CHECK(host.sees(victim_id) == "alive");
    CHECK(host.evidence == evidence);
    CHECK(host.service->measure().links_closed == before.links_closed);
    CHECK(host.service->measure().faults == 0);
    CHECK(neighbors() == 2);
    CHECK(test::open_descriptors() <= descriptors);
    CHECK(test::allocated_bytes() < memory + (std::size_t{16} << 20));
}
