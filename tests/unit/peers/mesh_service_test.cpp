// SPDX-License-Identifier: Apache-2.0
// Hosts that hear of each other by gossip, over a fake network.
#include "service_fixture.hpp"

#include <numeric>

using namespace meshhost;
using namespace meshhost::peers;

namespace {

/// An endpoint with both services, as the daemon has them.
struct mesh_host {
    mesh_host(
        test::fake_network& network,
        std::uint8_t seed,
        const std::vector<identity::endpoint_addr>& named,
        std::uint64_t incarnation = 1000,
        const std::string& secret = "",
        gossip::gossip_options with = quick_gossip()
    )
        : endpoint(network, test::sample_key(seed), ip_endpoint::loopback_v4(seed))
        , gossip(network.shard(), endpoint, seeded(std::move(with), seed))
        , service(network.shard(), endpoint, options_of(incarnation, secret)) {
        proto::self_description what;
        what.mesh = "lab";
        what.name = "host-" + std::to_string(seed);
        what.version = "1.0";
        what.addresses = endpoint.bound();
        REQUIRE_FALSE(service.set_self(what));
        service.set_state(proto::node_state::alive);
        for (const auto& addr : named)
            REQUIRE(service.name_peer(addr));
        gossip.start();
        service.start();
    }

    static gossip::gossip_options seeded(gossip::gossip_options options, std::uint8_t seed) {
        options.seed = seed;
        return options;
    }
    static gossip::gossip_options quick_gossip() {
        gossip::gossip_options out;
        out.machines.heal.rejoin_first = 10ms;
        out.machines.heal.rejoin_cap = 40ms;
        out.limits.redial_first = 1ms;
        out.limits.redial_cap = 4ms;
        return out;
    }
    peers_options options_of(std::uint64_t incarnation, const std::string& secret) {
        auto out = test::service_host::options_for(endpoint, incarnation);
        out.limits.sync_first = 20ms;
        out.limits.loss_wait_min = 20ms;
        out.gossip = &gossip;
        out.mesh_secret = byte_buffer(secret.begin(), secret.end());
        return out;
    }

    std::string sees(const identity::endpoint_id& other) const {
        const auto view = service.find(other);
        return view ? to_string(view->entry.state) : "unknown";
    }
    bool sees_all(const std::vector<std::unique_ptr<mesh_host>>& hosts) const {
        return std::all_of(hosts.begin(), hosts.end(), [this](const auto& other) {
            return other.get() == this || sees(other->endpoint.id()) == "alive";
        });
    }

    test::fake_endpoint endpoint;
    gossip::gossip_service gossip;
    peers_service service;
};

struct mesh_fixture {
    net::shard shard;
    test::fake_network network{shard};
    std::vector<std::unique_ptr<mesh_host>> hosts;
    gossip::gossip_options gossip_with = mesh_host::quick_gossip();

    /// `count` hosts that know the first alone.
    void boot(std::size_t count) {
        while (hosts.size() < count) {
            std::vector<identity::endpoint_addr> named;
            if (!hosts.empty()) named.push_back(hosts.front()->endpoint.address());
            const auto seed = static_cast<std::uint8_t>(hosts.size() + 1);
            hosts.push_back(std::make_unique<mesh_host>(network, seed, named, 1000, "", gossip_with)
            );
        }
    }
    bool is_whole() const {
        return std::all_of(hosts.begin(), hosts.end(), [this](const auto& host) {
            return host->sees_all(hosts);
        });
    }
    template <class Predicate>
    bool run_until(Predicate done) {
        return test::run_until(shard, done);
    }
};

}  // namespace

TEST_CASE_METHOD(
    mesh_fixture,
    "mesh: hosts that know one of them hear every other's digest",
    "[peers][mesh][service]"
) {
    boot(8);
    REQUIRE(run_until([&] { return is_whole(); }));
    const auto view = *hosts[3]->service.find(hosts[6]->endpoint.id());
    CHECK(view.entry.digest->name == "host-7");
    CHECK_FALSE(view.entry.connected);
    CHECK(view.uptime);
    CHECK_FALSE(view.path);
    CHECK(hosts[3]->service.measure().peers == 7);
    REQUIRE_FALSE(hosts[6]->service.set_contribution(
        test::sample_contribution("compute", "queued", std::int64_t{42})
    ));
    CHECK(run_until([&] {
        return std::all_of(hosts.begin(), hosts.end(), [&](const auto& host) {
            if (host == hosts[6]) return true;
            const auto seen = host->service.find(hosts[6]->endpoint.id());
            return !seen->entry.digest->contributions.empty();
        });
    }));
}

TEST_CASE_METHOD(
    mesh_fixture,
    "mesh: who joins late hears of everybody at once",
    "[peers][mesh][service]"
) {
    boot(5);
    REQUIRE(run_until([&] { return is_whole(); }));
    boot(6);
    CHECK(run_until([&] { return is_whole(); }));
}

TEST_CASE_METHOD(
    mesh_fixture,
    "mesh: a host that leaves is gone for all, one that is killed too",
    "[peers][mesh][service]"
) {
    boot(6);
    REQUIRE(run_until([&] { return is_whole(); }));
    const auto left = hosts[5]->endpoint.id();
    const auto killed = hosts[4]->endpoint.id();
    hosts[5]->service.async_stop();
    REQUIRE(run_until([&] {
        return std::all_of(hosts.begin(), hosts.begin() + 5, [&](const auto& host) {
            return host->sees(left) == "left";
        });
    }));
    hosts.pop_back();
    hosts[4]->endpoint.vanish();
    hosts.pop_back();
    network.expire(transport::close_cause::idle_timeout);
    REQUIRE(run_until([&] {
        return std::all_of(hosts.begin(), hosts.end(), [&](const auto& host) {
            return host->sees(killed) == "dead";
        });
    }));
    CHECK(is_whole());
    hosts.push_back(std::make_unique<mesh_host>(
        network,
        std::uint8_t{5},
        std::vector{hosts.front()->endpoint.address()},
        2000
    ));
    CHECK(run_until([&] { return is_whole(); }));
}

TEST_CASE_METHOD(
    mesh_fixture,
    "mesh: without the secret nobody finds the topic",
    "[peers][mesh][service]"
) {
    CHECK(digest_topic_id("a", as_bytes("b")) != digest_topic_id("a", {}));
    CHECK(digest_topic_id("a", as_bytes("b")) != digest_topic_id("ab", {}));
    boot(2);
    REQUIRE(run_until([&] { return is_whole(); }));
    mesh_host stranger(network, 9, {hosts.front()->endpoint.address()}, 1000, "wrong");
    REQUIRE(run_until([&] { return stranger.sees(hosts.front()->endpoint.id()) == "alive"; }));
    CHECK(stranger.sees(hosts.back()->endpoint.id()) == "unknown");
    CHECK(stranger.service.measure().neighbors == 0);
}

TEST_CASE_METHOD(
    mesh_fixture,
    "mesh: hosts that lose most of what the gossip tells them hear of everybody all the same",
    "[peers][mesh][service]"
) {
    gossip_with.limits.ring_events = 1;
    boot(8);
    REQUIRE(run_until([&] { return is_whole(); }));
    CHECK(run_until([&] {
        return std::all_of(hosts.begin(), hosts.end(), [](const auto& host) {
            const auto topic = host->gossip.measure(*host->service.topic());
            return host->service.measure().neighbors == topic->active.size();
        });
    }));
    const auto lagged = std::accumulate(hosts.begin(), hosts.end(), 0u, [](auto sum, auto& host) {
        return sum + host->gossip.measure().events_lagged;
    });
    CHECK(lagged > 0);
}

TEST_CASE_METHOD(
    mesh_fixture,
    "mesh: whoever lost everybody asks those that the registry knows",
    "[peers][mesh][service]"
) {
    gossip_with.machines.membership.passive_max = 0;
    gossip_with.machines.limit.lost = 1;
    gossip_with.machines.heal.interval = 20ms;
    boot(4);  // the first alone is known to the others
    REQUIRE(run_until([&] { return is_whole(); }));
    // The one that comes back is not among the last that were lost.
    for (const std::size_t lost : {1, 2, 0}) {
        hosts[lost]->endpoint.vanish();
        hosts[lost].reset();
        network.expire(transport::close_cause::idle_timeout);
        const auto left = hosts[3]->service.measure().neighbors - 1;
        REQUIRE(run_until([&] { return hosts[3]->service.measure().neighbors == left; }));
    }
    hosts[1] = std::make_unique<mesh_host>(
        network,
        std::uint8_t{2},
        std::vector<identity::endpoint_addr>{},
        std::uint64_t{2000}
    );
    CHECK(run_until([&] {
        return hosts[3]->sees(hosts[1]->endpoint.id()) == "alive"
               && hosts[1]->sees(hosts[3]->endpoint.id()) == "alive";
    }));
}
