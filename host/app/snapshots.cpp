// SPDX-License-Identifier: Apache-2.0
#include "app/snapshots.hpp"

#include "base/bytes.hpp"

#include <algorithm>

namespace meshhost::app {

namespace {

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
        .remote = path.remote ? path.remote->to_string() : path.relay,
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
    for (const auto& witness : entry.evidence.witnesses)
        out.lost_by.push_back(witness.id.to_hex());
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

std::vector<std::string> texts_of(std::span<const ip_endpoint> addresses) {
    std::vector<std::string> texts;
    for (const auto& address : addresses)
        texts.push_back(address.to_string());
    return texts;
}

admin::plugin_snapshot snapshot_of(const plugin::instance_status& role, time_point now) {
    std::optional<duration> error_age;
    if (!role.last_error.empty()) error_age = now - role.last_error_at;
    return {
        .instance = role.instance,
        .role = role.role,
        .version = role.version,
        .path = role.path,
        .state = plugin::proto::to_string(role.state),
        .abi = role.abi,
        .error = role.last_error,
        .error_age = error_age,
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
