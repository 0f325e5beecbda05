// SPDX-License-Identifier: Apache-2.0
#include "app/snapshots.hpp"

#include "base/bytes.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

namespace meshhost::app {

namespace {

/// Indexed by close_cause. Settled: dashboards and tests name them.
constexpr std::array<const char*, std::tuple_size_v<decltype(transport::probe::closed_by_cause)>>
    close_counters{
        "closed_locally",
        "closed_by_peer",
        "closed_transport_error",
        "closed_idle_timeout",
        "closed_handshake_timeout",
        "closed_identity_mismatch",
        "closed_alpn_mismatch",
        "closed_stateless_reset",
        "closed_refused",
        "closed_no_address",
        "closed_endpoint_closed",
        "closed_unresponsive",
        "closed_port_closed"};

/// Indexed by traffic_class. Settled, too.
constexpr std::array<const char*, gossip::proto::traffic_class_count>
    traffic_names{"membership", "payload", "repair", "announce", "shuffle"};

const char* kind_text(transport::path_kind kind) {
    switch (kind) {
    case transport::path_kind::unknown:
        return "unknown";
    case transport::path_kind::direct:
        return "direct";
    case transport::path_kind::relayed:
        return "relayed";
    }
    return "unknown";
}

/// As JSON has it; bytes in hexadecimal.
struct to_json {
    boost::json::value operator()(std::monostate) const { return nullptr; }
    boost::json::value operator()(const byte_buffer& bytes) const {
        return boost::json::value(to_hex(bytes));
    }
    template <class T>
    boost::json::value operator()(const T& value) const {
        return boost::json::value(value);
    }
};

std::uint64_t entries_in(const char* directory) {
    std::error_code ec;
    const std::filesystem::directory_iterator entries(directory, ec);
    if (ec) return 0;
    return static_cast<std::uint64_t>(std::distance(entries, std::filesystem::directory_iterator())
    );
}

/// The number behind "Name:" in /proc/self/status (proc(5)).
std::uint64_t status_number(const std::string& name) {
    std::ifstream status("/proc/self/status");
    std::string word;
    while (status >> word) {
        std::uint64_t number = 0;
        if (word == name + ":" && status >> number) return number;
    }
    return 0;
}

}  // namespace

const char* text_of(peers::proto::node_state state) {
    using peers::proto::node_state;
    switch (state) {
    case node_state::joining:
        return "joining";
    case node_state::alive:
        return "alive";
    case node_state::degraded:
        return "degraded";
    case node_state::draining:
        return "draining";
    case node_state::left:
        return "left";
    }
    return "unknown";
}

const char* text_of(peers::proto::node_tier tier) {
    using peers::proto::node_tier;
    switch (tier) {
    case node_tier::edge:
        return "edge";
    case node_tier::hub:
        return "hub";
    case node_tier::leaf:
        return "leaf";
    case node_tier::observer:
        return "observer";
    }
    return "unknown";
}

admin::budget_snapshot snapshot_of(const peers::proto::node_budget& budget) {
    using peers::proto::budget_source;
    const bool is_config = budget.source == budget_source::config;
    const bool is_cgroup = budget.source == budget_source::cgroup;
    return {
        .cpu_millicores = budget.cpu_millicores,
        .memory_bytes = budget.memory_bytes,
        .source = is_config   ? "config"
                  : is_cgroup ? "cgroup"
                              : "none"};
}

admin::load_snapshot snapshot_of(const peers::proto::load_class& load) {
    using peers::proto::load_class;
    admin::load_snapshot out;
    if (load.cpu != load_class::not_measured) out.cpu = load.cpu;
    if (load.memory != load_class::not_measured) out.memory = load.memory;
    return out;
}

admin::audit_snapshot snapshot_of(const audit_report& report) {
    admin::audit_snapshot out;
    for (const auto& each : report.rules)
        out.rules.push_back({each.rule, each.words, each.ok});
    for (const auto& each : report.discrepancies)
        out.discrepancies.push_back({each.rule, each.owner, each.expected, each.found, each.words});
    return out;
}

admin::path_snapshot snapshot_of(const transport::path_info& path) {
    return {
        .kind = kind_text(path.kind),
        .reason = path.reason,
        .remote = path.remote ? path.remote->to_string() : "",
        .rtt = path.rtt,
        .rtt_min = path.rtt_min,
        .bytes_sent = path.bytes_sent,
        .bytes_received = path.bytes_received,
        .mtu = path.mtu};
}

std::vector<admin::contribution_snapshot> snapshot_of(
    std::span<const peers::proto::contribution> contributions
) {
    std::vector<admin::contribution_snapshot> all;
    for (const auto& item : contributions)
        all.push_back({item.role, item.key, item.unit, std::visit(to_json(), item.value)});
    return all;
}

admin::peer_snapshot snapshot_of(const peers::peer_view& peer, time_point now) {
    const auto& entry = peer.entry;
    admin::peer_snapshot out;
    out.id = entry.id.to_hex();
    out.state = to_string(entry.state);
    out.evidence = peer.evidence;
    out.since = now - entry.since;
    out.uptime = peer.uptime;
    if (entry.last_heard) out.last_seen = now - *entry.last_heard;
    if (peer.path) out.path = snapshot_of(*peer.path);
    if (!entry.digest) return out;
    out.name = entry.digest->name;
    out.version = entry.digest->version;
    out.roles = entry.digest->roles;
    out.incarnation = entry.digest->incarnation;
    out.sequence = entry.digest->sequence;
    out.addresses = texts_of(entry.digest->addresses);
    out.contributions = snapshot_of(entry.digest->contributions);
    out.tier = text_of(entry.digest->tier);
    out.budget = snapshot_of(entry.digest->budget);
    out.load = snapshot_of(entry.digest->load);
    for (const auto& prefix : entry.digest->neighbors)
        out.neighbors.push_back(to_hex(prefix));
    if (entry.digest->lease.count() > 0) out.lease = entry.digest->lease;
    out.capabilities = entry.digest->capabilities;
    out.home_relay = entry.digest->home_relay;
    return out;
}

admin::probe_section section_of(const transport::probe& counters) {
    admin::probe_section section{
        "transport",
        {{"connections", counters.connections},
         {"half_open", counters.half_open},
         {"streams", counters.streams},
         {"timers", counters.timers},
         {"connection_ids", counters.connection_ids},
         {"paths", counters.paths},
         {"paths_cached", counters.paths_cached},
         {"session_tickets", counters.session_tickets},
         {"address_tokens", counters.address_tokens},
         {"tls_sessions", counters.tls_sessions},
         {"send_bytes", counters.send_bytes},
         {"closing", counters.closing},
         {"objects", counters.objects},
         {"handles", counters.handles},
         {"opened", counters.opened},
         {"closed", counters.closed},
         {"streams_opened", counters.streams_opened},
         {"streams_closed", counters.streams_closed},
         {"datagrams_received", counters.datagrams_received},
         {"datagrams_sent", counters.datagrams_sent},
         {"datagrams_dropped", counters.datagrams_dropped},
         {"bytes_received", counters.bytes_received},
         {"bytes_sent", counters.bytes_sent},
         {"retries_sent", counters.retries_sent},
         {"resets_sent", counters.resets_sent},
         {"early_data_accepted", counters.early_data_accepted}}};
    for (std::size_t i = 0; i < counters.closed_by_cause.size(); ++i)
        section.counters.emplace_back(close_counters[i], counters.closed_by_cause[i]);
    return section;
}

admin::probe_section section_of(const peers::probe& counters) {
    return {
        "peers",
        {{"peers", counters.peers},
         {"connected", counters.connected},
         {"stale", counters.stale},
         {"dead", counters.dead},
         {"left", counters.left},
         {"tombstones", counters.tombstones},
         {"links", counters.links},
         {"dials_in_flight", counters.dials_in_flight},
         {"dial_targets", counters.dial_targets},
         {"links_opened", counters.links_opened},
         {"links_closed", counters.links_closed},
         {"faults", counters.faults},
         {"conflicts", counters.conflicts},
         {"overruled", counters.overruled},
         {"evictions", counters.evictions},
         {"expiries", counters.expiries},
         {"deaths", counters.deaths},
         {"false_alarms", counters.false_alarms},
         {"reports_taken", counters.reports_taken},
         {"reports_refuted", counters.reports_refuted},
         {"reports_ignored", counters.reports_ignored},
         {"checks", counters.checks},
         {"neighbors", counters.neighbors},
         {"syncs", counters.syncs},
         {"timers", counters.timers},
         {"broadcasts", counters.broadcasts},
         {"comparisons", counters.comparisons},
         {"records_said", counters.mesh.records_said},
         {"record_bytes_said", counters.mesh.record_bytes_said},
         {"deltas_said", counters.mesh.deltas_said},
         {"delta_bytes_said", counters.mesh.delta_bytes_said},
         {"losses_said", counters.mesh.losses_said},
         {"loss_bytes_said", counters.mesh.loss_bytes_said},
         {"records_heard", counters.mesh.records_heard},
         {"record_bytes_heard", counters.mesh.record_bytes_heard},
         {"deltas_heard", counters.mesh.deltas_heard},
         {"delta_bytes_heard", counters.mesh.delta_bytes_heard},
         {"losses_heard", counters.mesh.losses_heard},
         {"loss_bytes_heard", counters.mesh.loss_bytes_heard},
         {"records_taken", counters.mesh.records_taken},
         {"deltas_applied", counters.mesh.deltas_applied},
         {"deltas_without_base", counters.mesh.deltas_without_base},
         {"records_stale", counters.mesh.records_stale},
         {"records_forged", counters.mesh.records_forged},
         {"records_future", counters.mesh.records_future},
         {"records_refused", counters.mesh.records_refused},
         {"records_excess", counters.mesh.records_excess},
         {"losses_forged", counters.mesh.losses_forged},
         {"unverified", counters.mesh.unverified}}};
}

admin::gossip_snapshot snapshot_of(const gossip::proto::topic_probe& topic) {
    admin::gossip_snapshot out;
    out.reserve = topic.passive.size();
    out.delivered = topic.counts.delivered;
    out.duplicates = topic.counts.duplicates;
    for (const auto& peer : topic.active)
        out.neighbors.push_back({peer.to_hex(), gossip_mode_of(topic, peer)});
    return out;
}

std::string gossip_mode_of(
    const gossip::proto::topic_probe& topic,
    const identity::endpoint_id& peer
) {
    const auto has = [&](const auto& peers) {
        return std::find(peers.begin(), peers.end(), peer) != peers.end();
    };
    if (!has(topic.active)) return "";
    return has(topic.lazy) ? "lazy" : "eager";
}

admin::probe_section section_of(const gossip::probe& counters) {
    admin::probe_section section{
        "gossip",
        {{"links", counters.links},
         {"connections", counters.connections},
         {"streams", counters.streams},
         {"queue_frames", counters.queue_frames},
         {"queue_bytes", counters.queue_bytes},
         {"dials_in_flight", counters.dials_in_flight},
         {"dials_remembered", counters.dials_remembered},
         {"addresses", counters.addresses},
         {"topics", counters.state.topics},
         {"subscriptions", counters.subscriptions},
         {"timers", counters.timers},
         {"dials", counters.dials},
         {"dials_failed", counters.dials_failed},
         {"links_up", counters.links_up},
         {"slow_peers", counters.slow_peers},
         {"worn_out", counters.worn_out},
         {"violations", counters.violations},
         {"headerless", counters.headerless},
         {"unknown_topic", counters.unknown_topic},
         {"frames_dropped", counters.frames_dropped},
         {"events_lagged", counters.events_lagged}}};
    for (std::size_t i = 0; i < traffic_names.size(); ++i) {
        const std::string name = traffic_names[i];
        section.counters.emplace_back("sent_" + name + "_bytes", counters.state.sent[i].bytes);
        section.counters.emplace_back(
            "received_" + name + "_bytes",
            counters.state.received[i].bytes
        );
    }
    return section;
}

admin::probe_section section_of(const plugin::plugin_counts& counters, std::size_t known) {
    return {
        "plugins",
        {{"instances", known},
         {"strands", counters.strands},
         {"queued", counters.queued},
         {"handles", counters.handles},
         {"connections", counters.connections},
         {"streams", counters.streams},
         {"unread_bytes", counters.unread}}};
}

admin::probe_section section_of(const net::shard& shard) {
    admin::probe_section section{
        "loop",
        {{"tasks_waiting", shard.tasks_waiting()},
         {"tasks_posted", shard.tasks_posted()},
         {"orphaned_waits", shard.timers().orphans()}}};
    for (const auto& each : shard.timers().count(shard.now())) {
        section.counters.emplace_back("timers_" + each.owner, each.timers);
        section.counters.emplace_back("timers_armed_" + each.owner, each.armed);
    }
    return section;
}

admin::probe_section section_of(
    const introspect::client_probe& asking,
    const introspect::server_probe& answering
) {
    return {
        "introspect",
        {{"asking", asking.connections},
         {"questions", asking.questions},
         {"asked", asking.asked},
         {"answering", answering.connections},
         {"streams", answering.streams},
         {"answered", answering.questions},
         {"refused", answering.refused}}};
}

admin::probe_section process_section() {
    constexpr std::uint64_t kibibyte = 1024;
    return {
        "process",
        {{"descriptors", entries_in("/proc/self/fd")},
         {"threads", status_number("Threads")},
         {"resident_bytes", status_number("VmRSS") * kibibyte}}};
}

std::vector<std::string> texts_of(std::span<const ip_endpoint> addresses) {
    std::vector<std::string> texts;
    for (const auto& address : addresses)
        texts.push_back(address.to_string());
    return texts;
}

admin::plugin_snapshot snapshot_of(const plugin::instance_status& role) {
    return {
        .instance = role.instance,
        .role = role.role,
        .version = role.version,
        .path = role.path,
        .state = plugin::proto::to_string(role.state),
        .abi = role.abi,
        .error = role.last_error,
        .isolation = role.isolation,
        .process = role.process,
        .restarts = role.restarts,
        .slow_calls = role.slow_calls,
        .refused_calls = role.refused_calls,
        .is_stalled = role.is_stalled,
        .is_restarting = role.is_restarting,
        .generation = role.generation,
        .health = plugin::health_text(role.health),
        .health_reason = role.health_reason};
}

}  // namespace meshhost::app
