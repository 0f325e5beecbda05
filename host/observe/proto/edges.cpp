// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/edges.hpp"

#include "observe/proto/edge_id.hpp"
#include "observe/proto/fields.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace meshhost::observe::proto {

namespace json = boost::json;

namespace {

constexpr std::size_t edges_max = 256;  ///< that one node is believed to have

link_kind kind_of(std::string_view text) {
    if (text == "direct") return link_kind::direct;
    return text == "relayed" ? link_kind::relayed : link_kind::unknown;
}

tree_role role_of(std::string_view text) {
    if (text == "eager") return tree_role::eager;
    return text == "lazy" ? tree_role::lazy : tree_role::unknown;
}

bool is_known(const told_edge& edge) {
    return edge.kind != link_kind::unknown;
}

bool comes_before(const told_edge& one, const told_edge& other) {
    return one.peer < other.peer;
}

json::object edge_json(
    const std::string& a,
    const std::string& b,
    const told_edge& one,
    const told_edge& other
) {
    const told_edge& told = is_known(one) ? one : other;
    std::string disagree;
    if (is_known(one) && is_known(other) && one.kind != other.kind)
        disagree = fmt::format(
            "one end says {}, the other {}",
            to_string(one.kind),
            to_string(other.kind)
        );
    const auto either = [&](tree_role role) { return one.role == role || other.role == role; };
    return {
        {"id", edge_id(a, b)},
        {"a", a},
        {"b", b},
        {"kind", to_string(told.kind)},
        {"reason", text_or_null(told.reason)},
        {"rtt_us", rounded_or_null(one.rtt_us ? one.rtt_us : other.rtt_us)},
        {"tree",
         either(tree_role::eager)  ? "eager"
         : either(tree_role::lazy) ? "lazy"
                                   : "unknown"},
        {"sent_bps", rounded_or_null(one.sent_bps)},
        {"received_bps", rounded_or_null(other.sent_bps)},
        {"disagree", text_or_null(disagree)}};
}

}  // namespace

const char* to_string(link_kind kind) noexcept {
    if (kind == link_kind::direct) return "direct";
    return kind == link_kind::relayed ? "relayed" : "unknown";
}

const char* to_string(tree_role role) noexcept {
    if (role == tree_role::eager) return "eager";
    return role == tree_role::lazy ? "lazy" : "unknown";
}

const told_edge* find_edge(std::span<const told_edge> edges, std::string_view peer) {
    const auto found = std::lower_bound(
        edges.begin(),
        edges.end(),
        peer,
        [](const told_edge& one, std::string_view wanted) { return one.peer < wanted; }
    );
    return found != edges.end() && found->peer == peer ? &*found : nullptr;
}

std::vector<told_edge> read_edges(const json::object& meters) {
    std::vector<told_edge> kept;
    const auto* all = meters.if_contains("edges");
    if (all == nullptr || !all->is_array()) return kept;
    std::size_t left = edges_max;
    for (const auto& each : all->get_array()) {
        if (left-- == 0) break;
        const auto* edge = each.if_object();
        auto peer = edge == nullptr ? std::string() : text_at(*edge, "peer");
        if (peer.empty()) continue;
        kept.push_back(
            {.peer = std::move(peer),
             .reason = text_at(*edge, "reason"),
             .rtt_us = number_at(*edge, "rtt_us"),
             .bytes_sent = number_at(*edge, "bytes_sent").value_or(0),
             .sent_bps = std::nullopt,
             .kind = kind_of(text_at(*edge, "kind")),
             .role = role_of(text_at(*edge, "mode"))}
        );
    }
    std::stable_sort(kept.begin(), kept.end(), comes_before);
    kept.shrink_to_fit();
    return kept;
}

void note_rates(std::vector<told_edge>& now, std::span<const told_edge> before, std::uint64_t ms) {
    for (auto& each : now) {
        const auto* was = find_edge(before, each.peer);
        if (was == nullptr || !is_known(*was) || !is_known(each)) continue;
        each.sent_bps = per_second(was->bytes_sent, each.bytes_sent, ms);
    }
}

std::optional<std::uint32_t> edge_table::place_of(const std::string& id) const {
    const auto found = std::lower_bound(ids_.begin(), ids_.end(), id);
    if (found == ids_.end() || *found != id) return std::nullopt;
    return static_cast<std::uint32_t>(found - ids_.begin());
}

void edge_table::add_edges(const std::string& node, std::span<const told_edge> edges) {
    const auto own = place_of(node);
    if (!own) return;
    for (const auto& each : edges) {
        const auto other = place_of(each.peer);
        if (!other || *other == *own) continue;
        ends& of = edges_[std::minmax(*own, *other)];
        (*own < *other ? of.a : of.b) = &each;
    }
}

void edge_table::add_neighbor(const std::string& node, const std::string& prefix) {
    const auto own = place_of(node);
    const auto first = std::lower_bound(ids_.begin(), ids_.end(), prefix);
    if (!own || first == ids_.end() || !first->starts_with(prefix) || *first == node) return;
    const auto second = std::next(first);
    if (second != ids_.end() && second->starts_with(prefix)) return;
    const auto other = static_cast<std::uint32_t>(first - ids_.begin());
    edges_.try_emplace(std::minmax(*own, other));
}

std::vector<std::vector<std::uint32_t>> edge_table::neighbors() const {
    std::vector<std::vector<std::uint32_t>> of(ids_.size());
    for (const auto& [pair, said] : edges_) {
        of[pair.first].push_back(pair.second);
        of[pair.second].push_back(pair.first);
    }
    return of;
}

void edge_table::for_each(
    const std::function<void(const std::string& id, const json::object& edge)>& visit
) const {
    const told_edge nothing;
    for (const auto& [pair, said] : edges_) {
        const auto& a = ids_[pair.first];
        const auto& b = ids_[pair.second];
        visit(
            edge_id(a, b),
            edge_json(
                a,
                b,
                said.a != nullptr ? *said.a : nothing,
                said.b != nullptr ? *said.b : nothing
            )
        );
    }
}

}  // namespace meshhost::observe::proto
