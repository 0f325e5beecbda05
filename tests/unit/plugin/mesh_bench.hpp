// SPDX-License-Identifier: Apache-2.0
#pragma once
// Hosts with real plugins that reach each other over a transport without a network.
#include "message/message_exchange.hpp"
#include "plugin/services/topic_hub.hpp"
#include "plugin_bench.hpp"
#include "support/fake_transport.hpp"
#include "support/temp_dir.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::test {

/// One host: gossip, messages, and the plugins that it loads. One of them may be the talker, which
/// does what it is told (tests/plugins/talker.cpp).
class mesh_host_bench final : gossip::address_source {
public:
    mesh_host_bench(fake_network& network, std::uint8_t number, bool is_isolated);
    ~mesh_host_bench();

    void run(const std::string& path);
    void run_talker();

    /// A line for the talker, or several, which it reads at once.
    void tell(const std::string& command);
    /// Nothing runs on its strand from `commands` on, until let_go().
    void tell_and_block(const std::string& commands);
    void let_go();
    /// Waits until it has said something that begins so, after what was found before.
    bool hears(const std::string& beginning);
    /// How often it has said something that begins so.
    std::size_t count(const std::string& beginning) const;
    std::string said() const;

    std::string id() const { return endpoint.id().to_hex(); }
    std::string short_id() const { return id().substr(0, 8); }

    fake_network& network;
    fake_endpoint endpoint;
    gossip::gossip_service gossip;
    plugin::topic_hub topics;
    message::message_exchange messages;
    plugin_bench plugins;

private:
    void add_addresses(identity::endpoint_addr& to) const override;
    std::vector<std::string> lines() const;

    temp_dir directory_;
    std::size_t found_ = 0;  ///< lines of what the talker said, up to the last that was waited for
};

struct mesh_bench {
    /// `isolated`: roles run in processes of their own.
    explicit mesh_bench(bool isolated = false)
        : is_isolated(isolated) {}

    mesh_host_bench& add() {
        hosts.push_back(std::make_unique<mesh_host_bench>(
            network,
            static_cast<std::uint8_t>(hosts.size() + 1),
            is_isolated
        ));
        return *hosts.back();
    }
    /// With a talker.
    mesh_host_bench& add_talker() {
        mesh_host_bench& added = add();
        added.run_talker();
        return added;
    }
    template <class Predicate>
    bool until(Predicate done) {
        return run_until(shard, done);
    }

    const bool is_isolated;
    net::shard shard;
    fake_network network{shard};
    std::vector<std::unique_ptr<mesh_host_bench>> hosts;
};

}  // namespace meshhost::test
