// SPDX-License-Identifier: Apache-2.0
#pragma once
// A host on a shard of its own, so that the shard's timers and tasks are the host's alone, and the
// audit over its tables.
#include "app/audit_tables.hpp"
#include "loopback_host.hpp"
#include "support/loop.hpp"

#include <map>
#include <string>

namespace meshhost::test {

struct audited_host {
    net::shard shard;
    loopback_host host{shard, {.seed = 1, .hears_gossip = true}};

    app::audit_parts parts() const {
        return {
            .shard = shard,
            .endpoint = *host.endpoint,
            .peers = *host.service,
            .gossip = host.gossip.get(),
            .gossip_alpn = std::string(gossip::gossip_alpn)};
    }

    /// What is found at this moment, in flux or not.
    std::vector<app::audit_finding> findings() const {
        return app::audit(app::facts_of(parts(), {}, shard.now())).findings;
    }
    /// The same in words.
    std::vector<std::string> words() const {
        std::vector<std::string> all;
        for (const auto& each : findings())
            all.push_back(each.owner + " " + each.rule + ": " + each.words);
        return all;
    }

    /// What is held now, of everything that has no memory of who was here. By name, so that a
    /// difference names itself.
    std::map<std::string, std::uint64_t> held() const {
        const auto net = host.endpoint->measure();
        const auto heard = host.gossip->measure();
        const auto known = host.service->measure();
        std::map<std::string, std::uint64_t> all{
            {"transport.connections", net.connections},
            {"transport.closing", net.closing},
            {"transport.objects", net.objects},
            {"transport.handles", net.handles},
            {"transport.half_open", net.half_open},
            {"transport.streams", net.streams},
            {"transport.streams_open", net.streams_opened - net.streams_closed},
            {"transport.timers", net.timers},
            {"transport.connection_ids", net.connection_ids},
            {"transport.paths", net.paths},
            {"transport.tls_sessions", net.tls_sessions},
            {"transport.send_bytes", net.send_bytes},
            {"gossip.links", heard.links},
            {"gossip.connections", heard.connections},
            {"gossip.streams", heard.streams},
            {"gossip.queue_bytes", heard.queue_bytes},
            {"gossip.dials_in_flight", heard.dials_in_flight},
            {"gossip.subscriptions", heard.subscriptions},
            {"gossip.machine_links", heard.state.links},
            {"gossip.queued_frames", heard.state.queued_frames},
            {"peers.peers", known.peers},
            {"peers.connected", known.connected},
            {"peers.links", known.links},
            {"peers.dials_in_flight", known.dials_in_flight},
            {"peers.dial_targets", known.dial_targets},
            {"peers.neighbors", known.neighbors},
            {"peers.syncs", known.syncs},
            {"loop.orphaned_waits", shard.timers().orphans()}};
        for (const auto& each : shard.timers().count(shard.now()))
            all["timers." + each.owner] = each.timers;
        return all;
    }
};

}  // namespace meshhost::test
