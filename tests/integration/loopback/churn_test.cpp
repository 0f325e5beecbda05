// SPDX-License-Identifier: Apache-2.0
// Hosts come and go by the hundred, in order and not: what one host holds of them is afterwards
// what it was, exactly, and its books add up all the while.
#include "audited_host.hpp"
#include "live_gossip.hpp"

#include <memory>

using namespace meshhost;
using namespace meshhost::test;

namespace {

constexpr std::uint8_t first_seed = 10;
constexpr std::uint8_t visitors = 8;  ///< keys, used again and again

enum class leaving : std::uint8_t { in_order, at_once, unseen, killed };

struct churn {
    audited_host hub;
    net::shard beyond;
    std::uint64_t incarnation = 2000;
    std::size_t joins = 0;
    app::audit_history history;

    template <class Done>
    bool run_until(Done done) {
        return run_until_both(hub.shard, beyond, done);
    }

    std::string state_of(std::uint8_t seed) const { return hub.host.sees(loopback_key(seed).id()); }

    /// One comes, and goes in this way.
    void visit(std::uint8_t seed, leaving how) {
        loopback_options options{
            .seed = seed,
            .incarnation = ++incarnation,
            .hears_gossip = true,
            .named = {hub.host.address()}};
        ++joins;
        if (how == leaving::killed) return visit_and_be_killed(options);
        auto visitor = std::make_unique<loopback_host>(beyond, options);
        if (how == leaving::unseen) return;  // in the middle of its handshake
        REQUIRE(run_until([&] {
            const auto entry = hub.host.service->find(loopback_key(seed).id());
            return entry && entry->entry.digest && entry->entry.connected
                   && entry->entry.digest->incarnation == incarnation;
        }));
        if (how == leaving::at_once) return;
        visitor->service->async_stop();
        REQUIRE(run_until([&] { return visitor->is_stopped && state_of(seed) == "left"; }));
    }

    void visit_and_be_killed(loopback_options options) {
        const auto to = hub.host.address();
        options.named = {};
        child_host visitor(options, &to);
        REQUIRE(run_until([&] { return state_of(options.seed) == "alive"; }));
        visitor.kill();
    }

    /// All in turn, in order; then until nothing of them is in flight.
    void settle() {
        for (std::uint8_t i = 0; i < visitors; ++i)
            visit(first_seed + i, leaving::in_order);
        const bool is_quiet = run_until([&] {
            const auto held = hub.held();
            return held.at("transport.connections") == 0 && held.at("gossip.connections") == 0
                   && held.at("gossip.machine_links") == 0 && held.at("peers.links") == 0
                   && held.at("loop.orphaned_waits") == 0;
        });
        for (const auto& [name, value] : hub.held())
            if (value != 0) UNSCOPED_INFO(name << " " << value);
        REQUIRE(is_quiet);
    }

    /// Nothing is wrong now, nor has anything that may be in flux lasted.
    void look() {
        const auto now = hub.shard.now();
        const auto report = history.judge(app::audit(app::facts_of(hub.parts(), {}, now)), now);
        for (const auto& each : report.discrepancies)
            FAIL_CHECK(each.owner << " " << each.rule << ": " << each.words);
    }
};

}  // namespace

TEST_CASE("churn: hundreds of joins and leaves leave nothing behind", "[churn]") {
    churn mesh;
    mesh.settle();
    mesh.settle();
    const auto before = mesh.hub.held();
    const auto descriptors = open_descriptors();
    REQUIRE(before.at("peers.peers") == visitors);

    for (int round = 0; round < 30; ++round) {
        for (std::uint8_t i = 0; i < visitors; ++i) {
            const auto how = i % 4 == 3   ? leaving::unseen
                             : i % 2 == 0 ? leaving::in_order
                                          : leaving::at_once;
            mesh.visit(first_seed + i, how);
            mesh.look();
        }
        if (round % 10 == 9) mesh.visit(first_seed, leaving::killed);
    }
    mesh.settle();

    CHECK(mesh.joins > 250);
    CHECK(mesh.hub.held() == before);
    CHECK(mesh.hub.words() == std::vector<std::string>{});
    CHECK(open_descriptors() == descriptors);
}
