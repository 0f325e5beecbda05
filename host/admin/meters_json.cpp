// SPDX-License-Identifier: Apache-2.0
#include "admin/meters_json.hpp"

#include "base/json_value.hpp"
#include "http/envelope.hpp"

#include <boost/json/value_from.hpp>

#include <algorithm>
#include <map>
#include <utility>

namespace meshhost::admin {

namespace json = boost::json;

namespace {

/// 0 stands for "none".
json::value number_or_null(std::uint64_t number) {
    if (number == 0) return nullptr;
    return number;
}

template <class Number>
json::value known_or_null(const std::optional<Number>& number) {
    if (!number) return nullptr;
    return *number;
}

json::object gossip_json(const meters_snapshot::gossip_meters& gossip) {
    return {
        {"active", gossip.active},
        {"passive", gossip.passive},
        {"eager", gossip.eager},
        {"lazy", gossip.lazy},
        {"delivered", gossip.delivered},
        {"duplicates", gossip.duplicates},
        {"frames_sent", gossip.frames_sent},
        {"frames_received", gossip.frames_received},
        {"bytes_sent", gossip.bytes_sent},
        {"bytes_received", gossip.bytes_received}};
}

json::object net_json(const meters_snapshot::net_meters& net) {
    return {
        {"connections", net.connections},
        {"datagrams_sent", net.datagrams_sent},
        {"datagrams_received", net.datagrams_received},
        {"bytes_sent", net.bytes_sent},
        {"bytes_received", net.bytes_received}};
}

json::object edge_json(const meters_snapshot::edge& edge) {
    const auto path = edge.path.value_or(path_snapshot{.kind = "unknown"});
    const auto rtt_us = std::chrono::duration_cast<std::chrono::microseconds>(path.rtt).count();
    return {
        {"peer", edge.peer},
        {"mode", edge.mode},
        {"kind", path.kind},
        {"reason", text_or_null(path.reason)},
        {"rtt_us", number_or_null(static_cast<std::uint64_t>(rtt_us))},
        {"bytes_sent", path.bytes_sent},
        {"bytes_received", path.bytes_received}};
}

/// Edges as pairs of ids, the smaller one first, with their mode.
using edge_map = std::map<std::pair<std::string, std::string>, std::string>;

void add_edge(edge_map& edges, const std::string& one, const std::string& other, const char* mode) {
    if (one != other) edges.emplace(std::minmax(one, other), mode);
}

/// The id that begins with `prefix`; nullptr: none, or more than one.
const std::string* find_id(const std::vector<std::string>& sorted_ids, const std::string& prefix) {
    const auto first = std::lower_bound(sorted_ids.begin(), sorted_ids.end(), prefix);
    if (first == sorted_ids.end() || !first->starts_with(prefix)) return nullptr;
    const auto second = std::next(first);
    const bool is_ambiguous = second != sorted_ids.end() && second->starts_with(prefix);
    return is_ambiguous ? nullptr : &*first;
}

edge_map edges_of(const node_snapshot& node, std::span<const peer_snapshot> peers) {
    std::vector<std::string> ids{node.id};
    for (const auto& peer : peers)
        ids.push_back(peer.id);
    std::sort(ids.begin(), ids.end());
    edge_map edges;
    if (node.gossip)
        for (const auto& neighbor : node.gossip->neighbors)
            add_edge(edges, node.id, neighbor.id, neighbor.mode.c_str());
    for (const auto& peer : peers) {
        if (peer.state == "dead" || peer.state == "left") continue;  // it had them
        for (const auto& prefix : peer.neighbors)
            if (const auto* id = find_id(ids, prefix)) add_edge(edges, peer.id, *id, "");
    }
    return edges;
}

}  // namespace

json::object budget_json(const budget_snapshot& budget) {
    return {
        {"cpu_millicores", number_or_null(budget.cpu_millicores)},
        {"memory_bytes", number_or_null(budget.memory_bytes)},
        {"source", budget.source}};
}

json::object load_json(const load_snapshot& load) {
    return {{"cpu", known_or_null(load.cpu)}, {"memory", known_or_null(load.memory)}};
}

json::object meters_json(const meters_snapshot& meters) {
    json::array edges;
    for (const auto& edge : meters.edges)
        edges.push_back(edge_json(edge));
    json::array plugins;
    for (const auto& plugin : meters.plugins)
        plugins.push_back(json::object{
            {"instance", plugin.instance},
            {"role", text_or_null(plugin.role)},
            {"state", plugin.state}});
    return {
        {"schema", "meshhost.meters/1"},
        {"id", meters.id},
        {"name", meters.name},
        {"at", http::format_time(meters.at)},
        {"uptime_ms", std::chrono::duration_cast<std::chrono::milliseconds>(meters.uptime).count()},
        {"state", meters.state},
        {"roles", json::value_from(meters.roles)},
        {"tier", text_or_null(meters.tier)},
        {"usage",
         {{"cpu_millicores", known_or_null(meters.usage.cpu_millicores)},
          {"rss_bytes", meters.usage.resident_bytes},
          {"fds", meters.usage.descriptors},
          {"threads", meters.usage.threads}}},
        {"budget", budget_json(meters.budget)},
        {"load", load_json(meters.load)},
        {"gossip", gossip_json(meters.gossip)},
        {"net", net_json(meters.net)},
        {"edges", std::move(edges)},
        {"plugins", std::move(plugins)}};
}

json::object topology_json(const node_snapshot& node, std::span<const peer_snapshot> peers) {
    json::array nodes;
    nodes.push_back(json::object{
        {"id", node.id},
        {"name", text_or_null(node.name)},
        {"roles", json::value_from(node.roles)},
        {"tier", text_or_null(node.tier)},
        {"state", node.state},
        {"evidence", nullptr},
        {"load", load_json(node.load)},
        {"budget", budget_json(node.budget)}});
    for (const auto& peer : peers)
        nodes.push_back(json::object{
            {"id", peer.id},
            {"name", text_or_null(peer.name)},
            {"roles", json::value_from(peer.roles)},
            {"tier", text_or_null(peer.tier)},
            {"state", peer.state},
            {"evidence", text_or_null(peer.evidence)},
            {"load", load_json(peer.load)},
            {"budget", budget_json(peer.budget)}});
    json::array edges;
    for (const auto& [ends, mode] : edges_of(node, peers))
        edges.push_back(json::object{{"a", ends.first}, {"b", ends.second}, {"mode", mode}});
    return {{"seen_by", node.id}, {"nodes", std::move(nodes)}, {"edges", std::move(edges)}};
}

}  // namespace meshhost::admin
