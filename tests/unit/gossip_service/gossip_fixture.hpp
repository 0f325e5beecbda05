// SPDX-License-Identifier: Apache-2.0
#pragma once
// Hosts with a gossip_service each, on one shard and a fake network.
#include "gossip/gossip_service.hpp"
#include "support/fake_transport.hpp"
#include "support/loop.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace meshhost::test {

inline identity::secret_key key_of(std::uint8_t number) {
    std::array<std::uint8_t, 32> seed{};
    seed.fill(number);
    return identity::secret_key::from_seed(seed);
}

inline identity::topic_id topic_of(std::uint8_t number) {
    std::array<std::uint8_t, identity::topic_id::size> bytes{};
    bytes.fill(number);
    return identity::topic_id(bytes);
}

/// Takes every event at once, unless it is told to be slow.
class recording_subscriber final : public gossip::gossip_subscriber {
public:
    void on_gossip_ready(gossip::subscription& from) override {
        if (!is_slow) take(from);
    }
    void take(gossip::subscription& from) {
        while (const auto event = from.poll())
            std::visit([this](const auto& what) { keep(what); }, *event);
    }

    std::size_t count(const std::string& text) const {
        return static_cast<std::size_t>(std::count(messages.begin(), messages.end(), text));
    }

    std::vector<std::string> messages;
    std::vector<identity::endpoint_id> neighbors;  ///< now
    std::vector<gossip::proto::down_reason> downs;
    std::uint64_t lagged = 0;
    bool is_slow = false;

private:
    void keep(const gossip::proto::message_output& message) {
        const auto bytes = message.content.view();
        messages.emplace_back(bytes.begin(), bytes.end());
    }
    void keep(const gossip::proto::neighbor_up_output& up) { neighbors.push_back(up.peer); }
    void keep(const gossip::proto::neighbor_down_output& down) {
        std::erase(neighbors, down.peer);
        downs.push_back(down.reason);
    }
    void keep(const gossip::lagged_event& lag) { lagged += lag.events; }
};

struct stop_witness final : gossip::gossip_observer {
    void on_gossip_stopped() override { is_stopped = true; }
    bool is_stopped = false;
};

/// One host: an endpoint, a service, one subscriber a topic.
struct gossip_host {
    gossip_host(fake_network& network, std::uint8_t number, gossip::gossip_options options)
        : endpoint(network, key_of(number), ip_endpoint::loopback_v4(number))
        , service(network.shard(), endpoint, std::move(options)) {
        service.start();
    }

    recording_subscriber& join(
        std::uint8_t topic,
        const std::vector<identity::endpoint_addr>& bootstrap = {}
    ) {
        auto& joined = topics[topic];
        auto made = service.subscribe(topic_of(topic), bootstrap, joined.subscriber);
        REQUIRE(made);
        joined.held = *made;
        return joined.subscriber;
    }
    recording_subscriber& join(std::uint8_t topic, const gossip_host& through) {
        return join(topic, {through.endpoint.address()});
    }
    void leave(std::uint8_t topic) {
        service.leave(*topics.at(topic).held);
        topics.erase(topic);
    }
    recording_subscriber& heard(std::uint8_t topic = 1) { return topics.at(topic).subscriber; }
    bool say(const std::string& text, std::uint8_t topic = 1) {
        return !service.broadcast(topic_of(topic), as_bytes(text));
    }

    struct joined_topic {
        recording_subscriber subscriber;
        std::shared_ptr<gossip::subscription> held;
    };

    fake_endpoint endpoint;
    std::map<std::uint8_t, joined_topic> topics;
    gossip::gossip_service service;
};

struct gossip_fixture {
    net::shard shard;
    fake_network network{shard};
    gossip::gossip_options options = quick_options();

    static gossip::gossip_options quick_options() {
        gossip::gossip_options out;
        out.machines.link.idle_hold = 200ms;
        out.machines.heal.rejoin_first = 10ms;
        out.machines.heal.rejoin_cap = 40ms;
        out.limits.header_wait = 20ms;
        out.limits.superseded_idle = 20ms;
        out.limits.redial_first = 1ms;
        out.limits.redial_cap = 4ms;
        return out;
    }

    std::unique_ptr<gossip_host> start(std::uint8_t number) {
        auto mine = options;
        mine.seed = number;
        return std::make_unique<gossip_host>(network, number, std::move(mine));
    }
    template <class Predicate>
    bool run_until(Predicate done) {
        return test::run_until(shard, done);
    }
    /// Two hosts that are neighbours in topic 1.
    void meet(gossip_host& one, gossip_host& other) {
        other.join(1);
        one.join(1, other);
        REQUIRE(run_until([&] {
            return one.heard().neighbors.size() == 1 && other.heard().neighbors.size() == 1;
        }));
    }
};

}  // namespace meshhost::test
