// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/edges.hpp"

#include "observe/proto/fields.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace meshhost::observe::proto {

namespace json = boost::json;

namespace {

constexpr std::size_t edges_max = 256;  ///< that one node is believed to have

template <class Visitor>
void for_each_edge(const json::object& meters, Visitor visit) {
    const auto* all = meters.if_contains("edges");
    if (all == nullptr || !all->is_array()) return;
    std::size_t left = edges_max;
    for (const auto& each : all->get_array()) {
        if (left-- == 0) return;
        if (!each.is_object()) continue;
        const auto peer = text_at(each.get_object(), "peer");
        if (!peer.empty()) visit(peer, each.get_object());
    }
}

bool is_known(std::string_view kind) {
    return kind == "direct" || kind == "relayed";
}

}  // namespace

json::array trimmed_edges(const json::object& meters) {
    json::array kept;
    for_each_edge(meters, [&](const std::string& peer, const json::object& edge) {
        const auto rtt = number_at(edge, "rtt_us");
        kept.push_back(json::object{
            {"peer", peer},
            {"mode", text_at(edge, "mode")},
            {"kind", text_at(edge, "kind")},
            {"reason", text_at(edge, "reason")},
            {"rtt_us", rtt ? json::value(*rtt) : json::value()},
            {"bytes_sent", number_at(edge, "bytes_sent").value_or(0)}});
    });
    return kept;
}

std::map<std::string, std::uint64_t> bytes_by_peer(const json::object& meters) {
    std::map<std::string, std::uint64_t> all;
    for_each_edge(meters, [&](const std::string& peer, const json::object& edge) {
        if (is_known(text_at(edge, "kind"))) all[peer] = number_at(edge, "bytes_sent").value_or(0);
    });
    return all;
}

void edge_table::add_meters(
    const std::string& node,
    const json::object& meters,
    const std::map<std::string, std::uint64_t>& rates
) {
    for_each_edge(meters, [&](const std::string& peer, const json::object& edge) {
        if (peer == node) return;
        claim said{
            text_at(edge, "kind"),
            text_at(edge, "reason"),
            text_at(edge, "mode"),
            number_at(edge, "rtt_us"),
            std::nullopt};
        if (const auto known = rates.find(peer); known != rates.end())
            said.sent_bps = known->second;
        ends& of = edges_[std::minmax(node, peer)];
        (node < peer ? of.a : of.b) = std::move(said);
    });
}

void edge_table::add_neighbor(
    const std::string& node,
    const std::string& prefix,
    std::span<const std::string> sorted_ids
) {
    const auto first = std::lower_bound(sorted_ids.begin(), sorted_ids.end(), prefix);
    if (first == sorted_ids.end() || !first->starts_with(prefix) || *first == node) return;
    const auto second = std::next(first);
    if (second != sorted_ids.end() && second->starts_with(prefix)) return;
    edges_.try_emplace(std::minmax(node, *first));
}

json::object edge_table::edge_json(const std::string& a, const std::string& b, const ends& of) {
    const claim none;
    const claim& one = of.a ? *of.a : none;
    const claim& other = of.b ? *of.b : none;
    const claim& told = is_known(one.kind) ? one : other;
    std::string disagree;
    if (is_known(one.kind) && is_known(other.kind) && one.kind != other.kind)
        disagree = fmt::format("one end says {}, the other {}", one.kind, other.kind);
    const bool is_eager = one.mode == "eager" || other.mode == "eager";
    const bool is_lazy = one.mode == "lazy" || other.mode == "lazy";
    return {
        {"id", a + "|" + b},
        {"a", a},
        {"b", b},
        {"kind", is_known(told.kind) ? told.kind : "unknown"},
        {"reason", text_or_null(told.reason)},
        {"rtt_us", rounded_or_null(one.rtt_us ? one.rtt_us : other.rtt_us)},
        {"tree",
         is_eager  ? "eager"
         : is_lazy ? "lazy"
                   : "unknown"},
        {"sent_bps", rounded_or_null(one.sent_bps)},
        {"received_bps", rounded_or_null(other.sent_bps)},
        {"disagree", text_or_null(disagree)}};
}

objects edge_table::to_objects(std::span<const std::string> sorted_ids) const {
    const auto is_here = [&](const std::string& id) {
        return std::binary_search(sorted_ids.begin(), sorted_ids.end(), id);
    };
    objects all;
    for (const auto& [pair, of] : edges_) {
        const auto& [a, b] = pair;
        if (is_here(a) && is_here(b)) all.emplace(a + "|" + b, edge_json(a, b, of));
    }
    return all;
}

}  // namespace meshhost::observe::proto
