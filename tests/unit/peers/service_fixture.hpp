// SPDX-License-Identifier: Apache-2.0
#pragma once
// Hosts with a peers_service each, on one shard and a fake network.
#include "digest_samples.hpp"
#include "peers/peers_service.hpp"
#include "support/fake_transport.hpp"
#include "support/loop.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace meshhost::test {

/// Keeps what it was told.
class recording_observer final : public peers::peers_observer {
public:
    void on_peer_changed(const peers::peer_view& peer) override { changes.push_back(peer); }
    void on_peer_forgotten(const identity::endpoint_id& peer) override {
        forgotten.push_back(peer);
    }
    void on_self_changed(const peers::proto::node_digest&) override { ++self_changes; }
    void on_stopped() override { is_stopped = true; }

    std::vector<peers::peer_view> changes;
    std::vector<identity::endpoint_id> forgotten;
    std::size_t self_changes = 0;
    bool is_stopped = false;
};

/// One host: an endpoint, a service, somebody who watches.
struct service_host {
    service_host(fake_network& network, std::uint8_t seed, std::uint64_t incarnation)
        : endpoint(network, sample_key(seed), ip_endpoint::loopback_v4(seed))
        , service(network.shard(), endpoint, options_for(endpoint, incarnation)) {
        service.add_observer(observer);
        peers::proto::self_description what;
        what.mesh = "lab";
        what.name = "host-" + std::to_string(seed);
        what.version = "1.0";
        what.roles = {"compute"};
        what.addresses = endpoint.bound();
        REQUIRE_FALSE(service.set_self(what));
        service.set_state(peers::proto::node_state::alive);
        service.start();
    }

    static peers::peers_options options_for(
        const fake_endpoint& endpoint,
        std::uint64_t incarnation
    ) {
        peers::peers_options options{endpoint.key(), incarnation, 1, 30s, {}, {}};
        options.limits.redial_first = 1ms;
        options.limits.redial_cap = 4ms;
        options.limits.record_gap = 1ms;
        return options;
    }

    void name(const service_host& other) { REQUIRE(service.name_peer(other.endpoint.address())); }
    /// "alive", or "unknown".
    std::string sees(const service_host& other) const { return sees(other.endpoint.id()); }
    std::string sees(const identity::endpoint_id& other) const {
        const auto view = service.find(other);
        return view ? to_string(view->entry.state) : "unknown";
    }
    void contribute(std::int64_t value) {
        REQUIRE_FALSE(service.set_contribution(sample_contribution("compute", "queued", value)));
    }
    /// What `other` contributes, as seen here; -1: nothing.
    std::int64_t contribution(const service_host& other) const {
        const auto view = service.find(other.endpoint.id());
        if (!view || !view->entry.digest || view->entry.digest->contributions.empty()) return -1;
        return std::get<std::int64_t>(view->entry.digest->contributions.front().value);
    }

    fake_endpoint endpoint;
    recording_observer observer;
    peers::peers_service service;
};

struct service_fixture {
    net::shard shard;
    fake_network network{shard};

    std::unique_ptr<service_host> start(std::uint8_t seed, std::uint64_t incarnation = 1000) {
        return std::make_unique<service_host>(network, seed, incarnation);
    }
    template <class Predicate>
    bool run_until(Predicate done) {
        return test::run_until(shard, done);
    }
    bool meet(service_host& dialler, service_host& other) {
        dialler.name(other);
        return run_until([&] {
            return dialler.sees(other) == "alive" && other.sees(dialler) == "alive";
        });
    }
};

}  // namespace meshhost::test
