// SPDX-License-Identifier: Apache-2.0
#include "app/audit_tables.hpp"

#include "observe/dashboard_server.hpp"
#include "peers/mesh_driver.hpp"
#include "plugin/proto/limits.hpp"

#include <algorithm>

namespace meshhost::app {

namespace {

/// What is late by less may be on its way: this loop turns, and has not got there.
constexpr duration lateness = 2s;

// What an instance may open for itself before somebody should look.
constexpr std::uint64_t descriptors_per_plugin = 16 + plugin::proto::fd_watches_max;
constexpr std::uint64_t threads_per_plugin = 4;

std::uint64_t key_of(const transport::connection* connection) {
    return reinterpret_cast<std::uintptr_t>(connection);
}

std::vector<std::uint64_t> keys_of(const std::vector<const transport::connection*>& all) {
    std::vector<std::uint64_t> keys;
    for (const auto* each : all)
        keys.push_back(key_of(each));
    return keys;
}

void append(std::vector<std::uint64_t>& to, const std::vector<std::uint64_t>& more) {
    to.insert(to.end(), more.begin(), more.end());
}

void add_invariants(audit_facts& facts, const char* room, const std::vector<invariant>& all) {
    for (const auto& each : all)
        facts.invariants.push_back({room, each});
}

void add_transport(const audit_parts& parts, audit_facts& facts, time_point now) {
    for (const auto& each : parts.endpoint.held())
        facts.connections.push_back(
            {key_of(each.handle), each.peer.short_text(), each.alpn, each.streams}
        );
    add_invariants(facts, "transport", parts.endpoint.invariants(now - lateness));
    facts.declared.push_back({"transport", 1, false});
    facts.declared.push_back({"net", 1, true});  // the watch on addresses, where there is one
    if (parts.has_dashboard) {
        facts.declared.push_back({"observe", observe::dashboard_server::timers, false});
    }
    const auto exporting = parts.telemetry == nullptr ? 0 : parts.telemetry->timers();
    if (exporting > 0) facts.declared.push_back({"otlp", exporting, false});
}

void add_reach(const audit_parts& parts, audit_facts& facts) {
    const auto relays = parts.endpoint.relays().size();
    facts.declared.push_back({"relay", relays, true});
    facts.declared.push_back({"path", path::relay_links::timers, false});
    if (parts.reach == nullptr) return;
    const bool asks = !parts.reach->servers().empty();
    facts.declared.push_back(
        {"reach", reach::reach_service::timers + (asks ? reach::outside_watch::timers : 0), false}
    );
    const bool asks_router = parts.reach->survey() != nullptr;
    facts.declared.push_back({"nat", asks_router ? network_survey::timers : 0, true});
    facts.declared.push_back({"discovery", parts.reach->mdns() != nullptr ? 1u : 0u, true});
}

void add_peers(const audit_parts& parts, audit_facts& facts) {
    facts.owners.push_back(
        {"peers",
         {std::string(peers::digest_alpn), std::string(peers::sync_alpn)},
         keys_of(parts.peers.owned()),
         std::nullopt}
    );
    add_invariants(facts, "peers", parts.peers.invariants());
    facts.declared.push_back({"peers", parts.peers.measure().timers, false});
}

void add_gossip(const audit_parts& parts, audit_facts& facts) {
    if (parts.gossip == nullptr) return;
    const auto figures = parts.gossip->measure();
    facts.owners.push_back(
        {"gossip", {parts.gossip_alpn}, keys_of(parts.gossip->owned()), figures.streams}
    );
    add_invariants(facts, "gossip", parts.gossip->invariants());
    facts.declared.push_back({"gossip", figures.timers, false});
    for (const auto& peer : parts.gossip->linked())
        facts.linked.push_back(peer.short_text());
    const auto id = parts.peers.topic();
    const auto topic = id ? parts.gossip->measure(*id) : std::nullopt;
    if (!topic) return;
    audit_facts::neighborhood around{id->short_text(), {}};
    for (const auto& peer : topic->active)
        around.active.push_back(peer.short_text());
    facts.topics.push_back(std::move(around));
}

void add_pings(const audit_parts& parts, audit_facts& facts) {
    audit_facts::owner owner{"ping", {std::string(ping::ping_alpn)}, {}, std::nullopt};
    std::uint64_t clients = 0;
    if (parts.pings != nullptr) {
        clients = parts.pings->size();
        append(owner.connections, keys_of(parts.pings->owned()));
        facts.invariants.push_back(
            {"ping", within("ping.running", "pings at one time", clients, pings_max)}
        );
    }
    if (parts.echo != nullptr) append(owner.connections, keys_of(parts.echo->owned()));
    facts.owners.push_back(std::move(owner));
    facts.declared.push_back({"ping", clients, false});
}

void add_plugins(const audit_parts& parts, audit_facts& facts) {
    if (parts.plugins == nullptr) return;
    const auto figures = parts.plugins->measure();
    const std::uint64_t topics = parts.gossip == nullptr ? 0 : 1;  // a timer for all of them
    facts.declared.push_back({"plugin", figures.timers + topics, false});
    facts.owners.push_back(
        {"plugin", parts.plugins->alpns(), keys_of(parts.plugins->owned()), std::nullopt}
    );
    using namespace plugin::proto;
    constexpr std::size_t queued_max = strand_queue_max + jobs_max + state_commits_max
                                       + subscriptions_max * gossip_window_messages
                                       + message_window_messages;
    constexpr std::size_t handles_max = timers_max + 2 * watches_max + state_commits_max
                                        + spans_open_max + stream_handles_max + fd_watches_max
                                        + subscriptions_max + message_ports_max + requests_made_max
                                        + requests_heard_max;
    facts.invariants.push_back(
        {"plugin",
         within("plugin.queues", "events for one instance", figures.queued_most, queued_max)}
    );
    facts.invariants.push_back(
        {"plugin",
         within(
             "plugin.handles",
             "handles of instances",
             figures.handles,
             figures.strands * handles_max
         )}
    );
    facts.invariants.push_back(
        {"plugin",
         within("plugin.strands", "threads of instances", figures.strands, figures.instances)}
    );
}

void add_users(const audit_parts& parts, audit_facts& facts) {
    for (const auto& each : parts.users)
        facts.owners.push_back({each.room, each.alpns, keys_of(each.owned()), std::nullopt});
}

std::uint64_t strands_of(const audit_parts& parts) {
    return parts.plugins == nullptr ? 0 : parts.plugins->measure().strands;
}

/// Of instances, and those that run what they hand over.
std::uint64_t plugin_threads_of(const audit_parts& parts) {
    if (parts.plugins == nullptr) return 0;
    const auto figures = parts.plugins->measure();
    const auto exporting = parts.telemetry == nullptr ? 0 : parts.telemetry->threads();
    return figures.strands + figures.workers + exporting;
}

std::uint64_t relays_up(const audit_parts& parts) {
    const auto relays = parts.endpoint.relays();
    return static_cast<std::uint64_t>(std::count_if(relays.begin(), relays.end(), [](auto& each) {
        return each.status == relay::relay_status::up;
    }));
}

/// Of a relay that is being dialled two attempts at one time, and what a survey opens meanwhile.
std::uint64_t relays_slack(const audit_parts& parts) {
    const bool surveys = parts.reach != nullptr && parts.reach->survey() != nullptr;
    return 2 * (parts.endpoint.relays().size() - relays_up(parts))
           + (surveys ? network_survey::descriptors : 0);
}

/// Those who look up names, and who talk to the router.
std::uint64_t reach_threads(const audit_parts& parts) {
    return parts.endpoint.relays().empty() ? 0 : 1 + network_survey::threads;
}

/// UDP sockets come and go with rebind(), those of the local API with its clients. A QUIC
/// connection has none.
std::uint64_t accounted_descriptors(const audit_parts& parts) {
    const std::uint64_t api = parts.api_connections ? parts.api_connections() : 0;
    const auto exporting = parts.telemetry == nullptr ? 0 : parts.telemetry->descriptors();
    return parts.endpoint.bound().size() + api + exporting + relays_up(parts);
}

void add_process(const audit_parts& parts, const audit_constants& constants, audit_facts& facts) {
    if (parts.meter == nullptr) return;
    const std::uint64_t strands = strands_of(parts);
    facts.resources.push_back(
        {.rule = "process.descriptors",
         .words = "descriptors",
         .found = parts.meter->descriptors(),
         .accounted = accounted_descriptors(parts),
         .constant = constants.descriptors,
         .slack = strands * descriptors_per_plugin + relays_slack(parts)}
    );
    facts.resources.push_back(
        {.rule = "process.threads",
         .words = "threads",
         .found = parts.meter->threads(),
         .accounted = plugin_threads_of(parts),
         .constant = constants.threads,
         .slack = strands * threads_per_plugin + reach_threads(parts)}
    );
}

std::uint64_t less(std::uint64_t all, std::uint64_t part) {
    return all > part ? all - part : 0;
}

}  // namespace

audit_constants constants_of(const audit_parts& parts) {
    if (parts.meter == nullptr) return {};
    return {
        less(parts.meter->descriptors(), accounted_descriptors(parts)),
        less(parts.meter->threads(), plugin_threads_of(parts))};
}

audit_facts facts_of(const audit_parts& parts, const audit_constants& constants, time_point now) {
    audit_facts facts;
    const auto& ledger = parts.shard.timers();
    for (const auto& each : ledger.count(now - lateness))
        facts.timers.push_back({each.owner, each.timers, each.overdue});
    facts.orphaned_waits = ledger.orphans();
    facts.tasks_waiting = parts.shard.tasks_waiting();
    facts.declared.push_back({"app", 3, true});  // the audit's, the patience of a stop, a snapshot
    facts.declared.push_back({"usage", 1, true});  // where a host looks at its usage
    // Of those who follow meters, its own and the mesh's; and what a dashboard asks all hosts with.
    const std::uint64_t of_dashboard =
        parts.has_dashboard ? observe::dashboard_server::admin_timers : 0;
    facts.declared.push_back({"admin", 4 + of_dashboard, true});
    facts.declared.push_back({"introspect", 2, true});  // of asking and of answering
    facts.declared.push_back({"message", 1, true});
    add_transport(parts, facts, now);
    add_reach(parts, facts);
    add_peers(parts, facts);
    add_gossip(parts, facts);
    add_pings(parts, facts);
    add_plugins(parts, facts);
    add_users(parts, facts);
    add_process(parts, constants, facts);
    return facts;
}

}  // namespace meshhost::app
