// SPDX-License-Identifier: Apache-2.0
// The part of host_api that counts: this host in numbers, and what is done to it on purpose.
#include "admin/replies.hpp"
#include "app/host_api.hpp"
#include "app/snapshots.hpp"
#include "base/quote.hpp"

#include <fmt/format.h>

namespace meshhost::app {

namespace {

admin::meters_snapshot::gossip_meters gossip_meters_of(
    const gossip::probe& room,
    const std::optional<gossip::proto::topic_probe>& topic
) {
    admin::meters_snapshot::gossip_meters out;
    if (topic) {
        out.active = topic->active.size();
        out.passive = topic->passive.size();
        for (const auto& peer : topic->active)
            ++(gossip_mode_of(*topic, peer) == "eager" ? out.eager : out.lazy);
        out.delivered = topic->counts.delivered;
        out.duplicates = topic->counts.duplicates;
    }
    for (const auto& traffic : room.state.sent) {
        out.frames_sent += traffic.frames;
        out.bytes_sent += traffic.bytes;
    }
    for (const auto& traffic : room.state.received) {
        out.frames_received += traffic.frames;
        out.bytes_received += traffic.bytes;
    }
    return out;
}

failure no_such_instance(const std::string& instance) {
    return {
        exit_code::unreachable,
        "E_NO_SUCH_INSTANCE",
        fmt::format("no plugin runs here as {}", in_quotes(instance)),
        "meshctl plugin list shows the instances"};
}

failure not_a_lab() {
    return {
        exit_code::not_permitted,
        "E_NOT_A_LAB",
        "this host lets nobody inject faults",
        "set lab.faults = true where that is wanted"};
}

}  // namespace

admin::meters_snapshot host_api::meters() const {
    const auto& self = parts_.peers.self();
    admin::meters_snapshot out;
    out.id = self.origin.to_hex();
    out.name = self.name;
    out.at = std::chrono::system_clock::now();
    out.uptime = parts_.shard.now() - started_;
    out.state = text_of(self.state);
    out.roles = self.roles;
    out.tier = text_of(self.tier);
    out.usage = usage();
    out.budget = snapshot_of(self.budget);
    out.load = snapshot_of(self.load);
    const auto topic = digest_topic();
    if (parts_.gossip != nullptr) out.gossip = gossip_meters_of(parts_.gossip->measure(), topic);
    out.net = net_meters();
    const auto by_gossip = gossip_paths();
    for (const auto& peer : topic ? topic->active : std::vector<identity::endpoint_id>()) {
        admin::meters_snapshot::edge edge{peer.to_hex(), gossip_mode_of(*topic, peer), {}};
        const auto reached = by_gossip.find(peer);
        if (reached != by_gossip.end()) edge.path = reached->second;
        out.edges.push_back(std::move(edge));
    }
    out.plugins = plugins();
    return out;
}

std::map<identity::endpoint_id, admin::path_snapshot> host_api::gossip_paths() const {
    std::map<identity::endpoint_id, admin::path_snapshot> all;
    if (parts_.gossip == nullptr) return all;
    for (const auto* connection : parts_.gossip->owned())
        all.emplace(connection->remote_id(), snapshot_of(connection->path()));
    return all;
}

admin::usage_snapshot host_api::usage() const {
    if (parts_.usage == nullptr) return {};
    const auto& used = parts_.usage->used();
    return {used.cpu_millicores, used.rss_bytes, used.descriptors, used.threads};
}

admin::meters_snapshot::net_meters host_api::net_meters() const {
    const auto counters = parts_.endpoint.measure();
    admin::meters_snapshot::net_meters out;
    out.connections = counters.connections;
    out.datagrams_sent = counters.datagrams_sent;
    out.datagrams_received = counters.datagrams_received;
    out.bytes_sent = counters.bytes_sent;
    out.bytes_received = counters.bytes_received;
    return out;
}

outcome<void> host_api::set_faults(const admin::fault_settings& faults) {
    if (!parts_.settings.values.lab.faults) return not_a_lab();
    parts_.endpoint.set_faults({faults.loss, faults.block, faults.seed, faults.block_relayed});
    parts_.events.on_lab_fault(fmt::format(
        "{:g} % of all datagrams dropped, {} addresses blocked, {} hosts by way of relays",
        faults.loss * 100,
        faults.block.size(),
        faults.block_relayed.size()
    ));
    return {};
}

outcome<void> host_api::ask_metrics(const std::string& instance, metrics_sink sink) {
    if (parts_.plugins.spans(instance) == nullptr) return no_such_instance(instance);
    if (parts_.plugins.ask_metrics(instance, std::move(sink))) return {};
    return admin::api_full("questions for metrics");
}

outcome<std::vector<telemetry::span>> host_api::spans(const std::string& instance) const {
    const auto* const ring = parts_.plugins.spans(instance);
    if (ring == nullptr) return no_such_instance(instance);
    return std::vector<telemetry::span>(ring->spans().begin(), ring->spans().end());
}

outcome<void> host_api::reload_config(admin::config_reload_sink sink) {
    return parts_.reload_config(std::move(sink));
}

outcome<void> host_api::crash_plugin(const std::string& instance) {
    if (!parts_.settings.values.lab.faults) return not_a_lab();
    if (!parts_.plugins.inject_exception(instance)) return no_such_instance(instance);
    parts_.events.on_lab_fault(fmt::format("an exception in plugin {}", instance));
    return {};
}

}  // namespace meshhost::app
