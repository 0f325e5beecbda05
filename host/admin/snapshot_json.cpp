// SPDX-License-Identifier: Apache-2.0
#include "admin/snapshot_json.hpp"

#include "admin/meters_json.hpp"
#include "base/json_value.hpp"
#include "http/envelope.hpp"

#include <boost/json/value_from.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace meshhost::admin {

namespace json = boost::json;

namespace {

/// Every state a peer can be shown in, so that the members always add up to their total.
constexpr std::array<std::string_view, 9> peer_states{
    "alive",
    "joining",
    "degraded",
    "draining",
    "left",
    "connecting",
    "stale",
    "dead",
    "refused"};

template <class Unit>
json::value in(const std::optional<duration>& value) {
    if (!value) return nullptr;
    return std::chrono::duration_cast<Unit>(*value).count();
}

/// A duration of 0 is one that was not measured.
json::value measured_us(duration value) {
    if (value == duration::zero()) return nullptr;
    return std::chrono::duration_cast<std::chrono::microseconds>(value).count();
}

json::array contributions_json(std::span<const contribution_snapshot> contributions) {
    json::array all;
    for (const auto& item : contributions)
        all.push_back(json::object{
            {"role", item.role},
            {"key", item.key},
            {"unit", text_or_null(item.unit)},
            {"value", item.value}});
    return all;
}

json::object self_json(const node_snapshot& node) {
    return {
        {"id", node.id},
        {"name", node.name},
        {"instance", node.instance},
        {"version", node.version},
        {"abi", node.abi},
        {"state", node.state},
        {"roles", json::value_from(node.roles)},
        {"started_at", http::format_time(node.started_at)},
        {"uptime_ms", in<std::chrono::milliseconds>(node.uptime)},
        {"ready_us", in<std::chrono::microseconds>(node.ready_after)},
        {"pid", node.process_id},
        {"bound", json::value_from(node.bound)},
        {"addresses", json::value_from(node.addresses)},
        {"ticket", node.ticket},
        {"contributions", contributions_json(node.contributions)},
        {"tier", text_or_null(node.tier)},
        {"budget", budget_json(node.budget)},
        {"load", load_json(node.load)}};
}

json::object members_json(const node_snapshot& node, std::span<const peer_snapshot> peers) {
    json::object members{{"total", peers.size() + 1}};
    for (const auto state : peer_states) {
        const auto count = std::count_if(peers.begin(), peers.end(), [&](const auto& peer) {
            return peer.state == state;
        });
        members[state] = count + (node.state == state ? 1 : 0);
    }
    return members;
}

json::object paths_json(std::span<const peer_snapshot> peers) {
    std::int64_t direct = 0;
    std::int64_t relayed = 0;
    std::int64_t unknown = 0;
    const peer_snapshot* worst = nullptr;
    for (const auto& peer : peers) {
        if (!peer.path) continue;
        if (peer.path->kind == "direct")
            ++direct;
        else if (peer.path->kind == "relayed")
            ++relayed;
        else
            ++unknown;
        if (worst == nullptr || peer.path->rtt > worst->path->rtt) worst = &peer;
    }
    json::value worst_json = nullptr;
    if (worst != nullptr)
        worst_json = {
            {"id", worst->id},
            {"name", text_or_null(worst->name)},
            {"rtt_us", measured_us(worst->path->rtt)}};
    return {{"direct", direct}, {"relayed", relayed}, {"unknown", unknown}, {"worst", worst_json}};
}

json::value gossip_json(const std::optional<gossip_snapshot>& gossip) {
    if (!gossip) return nullptr;
    json::array neighbors;
    for (const auto& neighbor : gossip->neighbors)
        neighbors.push_back(json::object{{"id", neighbor.id}, {"mode", neighbor.mode}});
    const auto eager =
        std::count_if(gossip->neighbors.begin(), gossip->neighbors.end(), [](const auto& neighbor) {
            return neighbor.mode == "eager";
        });
    const auto degree = static_cast<std::ptrdiff_t>(gossip->neighbors.size());
    return json::object{
        {"topic", gossip->topic},
        {"degree", degree},
        {"eager", eager},
        {"lazy", degree - eager},
        {"reserve", gossip->reserve},
        {"delivered", gossip->delivered},
        {"duplicates", gossip->duplicates},
        {"neighbors", std::move(neighbors)}};
}

json::array peer_list(std::span<const peer_snapshot> peers) {
    json::array all;
    for (const auto& peer : peers)
        all.push_back(peer_json(peer));
    return all;
}

/// What a role that runs again complained of long ago is no news.
bool is_current(const plugin_snapshot& plugin) {
    constexpr duration news_for = 10min;
    const bool runs = plugin.state == "running" && !plugin.is_stalled && !plugin.is_restarting;
    return !runs || !plugin.error_age || *plugin.error_age < news_for;
}

json::array plugin_list(std::span<const plugin_snapshot> plugins) {
    json::array all;
    for (const auto& plugin : plugins)
        all.push_back(json::object{
            {"instance", plugin.instance},
            {"role", text_or_null(plugin.role)},
            {"version", text_or_null(plugin.version)},
            {"path", plugin.path},
            {"state", plugin.state},
            {"abi", text_or_null(plugin.abi)},
            {"health", plugin.health},
            {"health_reason", text_or_null(plugin.health_reason)},
            {"error", text_or_null(plugin.error)},
            {"error_ms", in<std::chrono::milliseconds>(plugin.error_age)},
            {"isolation", plugin.isolation},
            {"process", plugin.process ? json::value(*plugin.process) : json::value()},
            {"restarts", plugin.restarts},
            {"slow_calls", plugin.slow_calls},
            {"refused_calls", plugin.refused_calls},
            {"stalled", plugin.is_stalled},
            {"restarting", plugin.is_restarting},
            {"generation", plugin.generation}});
    return all;
}

/// Peers can be connected and the gossip split all the same: it has a protocol name of its own,
/// and its topic comes from the mesh's name and secret.
std::optional<std::string> gossip_warning(
    const node_snapshot& node,
    std::span<const peer_snapshot> peers
) {
    constexpr duration patience = 30s;
    if (!node.gossip || !node.gossip->neighbors.empty()) return std::nullopt;
    const auto connected = std::count_if(peers.begin(), peers.end(), [&](const auto& peer) {
        return peer.path && (peer.state == "alive" || peer.state == "degraded")
               && peer.since >= patience;
    });
    if (connected == 0) return std::nullopt;
    return "the gossip has no neighbor, though peers are connected: " + std::to_string(connected)
           + "; compare gossip.alpn and mesh.secret_file at both ends";
}

/// What an operator should look at, one sentence each.
json::array warnings_json(
    const node_snapshot& node,
    std::span<const peer_snapshot> peers,
    std::span<const plugin_snapshot> plugins
) {
    json::array warnings;
    for (const auto& warning : node.warnings)
        warnings.emplace_back(warning);
    for (const auto& peer : peers) {
        constexpr std::array<std::string_view, 4> unwell{"stale", "dead", "refused", "degraded"};
        if (std::find(unwell.begin(), unwell.end(), peer.state) == unwell.end()) continue;
        const auto& name = peer.name.empty() ? peer.id : peer.name;
        warnings.emplace_back(
            name + " is " + peer.state + (peer.evidence.empty() ? "" : ": " + peer.evidence)
        );
    }
    for (const auto& plugin : plugins)
        if (!plugin.error.empty() && is_current(plugin))
            warnings.emplace_back("plugin " + plugin.path + ": " + plugin.error);
    for (const auto& words : unwell_roles(plugins))
        warnings.emplace_back(words);
    if (const auto split = gossip_warning(node, peers)) warnings.emplace_back(*split);
    return warnings;
}

}  // namespace

json::object peer_json(const peer_snapshot& peer) {
    return {
        {"id", peer.id},
        {"name", text_or_null(peer.name)},
        {"version", text_or_null(peer.version)},
        {"state", peer.state},
        {"since_ms", in<std::chrono::milliseconds>(peer.since)},
        {"evidence", text_or_null(peer.evidence)},
        {"roles", json::value_from(peer.roles)},
        {"incarnation", peer.incarnation},
        {"sequence", peer.sequence},
        {"uptime_ms", in<std::chrono::milliseconds>(peer.uptime)},
        {"last_seen_ms", in<std::chrono::milliseconds>(peer.last_seen)},
        {"addresses", json::value_from(peer.addresses)},
        {"gossip", text_or_null(peer.gossip)},
        {"path", peer.path ? json::value(path_json(*peer.path)) : json::value(nullptr)},
        {"contributions", contributions_json(peer.contributions)},
        {"tier", text_or_null(peer.tier)},
        {"budget", budget_json(peer.budget)},
        {"load", load_json(peer.load)},
        {"neighbors",
         {{"count", peer.neighbors.size()}, {"ids", json::value_from(peer.neighbors)}}},
        {"lease_ms", in<std::chrono::milliseconds>(peer.lease)},
        {"capabilities", peer.capabilities},
        {"home_relay", text_or_null(peer.home_relay)}};
}

json::object path_json(const path_snapshot& path) {
    return {
        {"kind", path.kind},
        {"reason", text_or_null(path.reason)},
        {"remote", text_or_null(path.remote)},
        {"rtt_us", measured_us(path.rtt)},
        {"rtt_min_us", measured_us(path.rtt_min)},
        {"bytes_sent", path.bytes_sent},
        {"bytes_received", path.bytes_received},
        {"mtu", path.mtu}};
}

json::object status_json(
    const node_snapshot& node,
    std::span<const peer_snapshot> peers,
    std::span<const plugin_snapshot> plugins
) {
    return {
        {"mesh", {{"name", node.mesh}}},
        {"self", self_json(node)},
        {"members", members_json(node, peers)},
        {"paths", paths_json(peers)},
        {"gossip", gossip_json(node.gossip)},
        {"peers", peer_list(peers)},
        {"plugins", plugin_list(plugins)},
        {"warnings", warnings_json(node, peers, plugins)}};
}

json::object peers_json(std::span<const peer_snapshot> peers) {
    return {{"peers", peer_list(peers)}};
}

json::object identity_json(const node_snapshot& node) {
    return {
        {"id", node.id},
        {"base32", node.base32},
        {"z32", node.z32},
        {"ticket", node.ticket},
        {"addresses", json::value_from(node.addresses)},
        {"key_file", node.key_file}};
}

std::vector<std::string> unwell_roles(std::span<const plugin_snapshot> plugins) {
    std::vector<std::string> all;
    for (const auto& each : plugins) {
        if (each.health == "ok") continue;
        all.push_back(each.instance + " says it is " + each.health);
        if (!each.health_reason.empty()) all.back() += ": " + each.health_reason;
    }
    return all;
}

json::object plugins_json(std::span<const plugin_snapshot> plugins) {
    return {{"plugins", plugin_list(plugins)}};
}

json::object probe_json(std::span<const probe_section> sections) {
    json::object rooms;
    for (const auto& section : sections) {
        json::object counters;
        for (const auto& [name, value] : section.counters)
            counters[name] = value;
        rooms[section.room] = std::move(counters);
    }
    return rooms;
}

}  // namespace meshhost::admin
