// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/node_facts.hpp"

#include "observe/proto/fields.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <string_view>

namespace meshhost::observe::proto {

namespace json = boost::json;

namespace {

std::string all_of(const json::object& of, std::string_view key) {
    const auto* found = of.if_contains(key);
    if (found == nullptr || !found->is_string()) return {};
    return {found->get_string().data(), found->get_string().size()};
}

std::vector<std::string> texts_of(const json::object& of, std::string_view key) {
    std::vector<std::string> all;
    const auto* list = of.if_contains(key);
    if (list == nullptr || !list->is_array()) return all;
    for (const auto& each : list->get_array())
        if (const auto* text = each.if_string()) all.emplace_back(text->data(), text->size());
    return all;
}

std::optional<double> number_in(const json::object* of, std::string_view key) {
    const auto number = of == nullptr ? std::nullopt : number_at(*of, key);
    if (!number) return std::nullopt;
    return static_cast<double>(*number);
}

bool is_present(std::string_view state) {
    return state != "dead" && state != "left" && state != "refused";
}

/// As the dashboard shows it (admin-ui/src/model/states.ts): measured if the node was asked, else
/// the middle of the class that its digest told.
std::optional<double> share_of(
    const json::object& node,
    std::string_view used_key,
    std::string_view budget_key,
    std::string_view load_key
) {
    const auto budget = number_in(object_at(node, "budget"), budget_key);
    if (!is_present(all_of(node, "state")) || !budget || *budget <= 0) return std::nullopt;
    if (const auto used = number_in(object_at(node, "usage"), used_key)) return *used / *budget;
    constexpr double classes = 8;
    const auto told = number_in(object_at(node, "load"), load_key);
    if (!told) return std::nullopt;
    return (std::min(classes - 1, *told) + 0.5) / classes;
}

}  // namespace

node_facts facts_of_node(const json::object& node) {
    node_facts out;
    out.id = all_of(node, "id");
    out.name = all_of(node, "name");
    out.state = all_of(node, "state");
    out.tier = all_of(node, "tier");
    if (out.tier.empty()) out.tier = "unknown";
    out.version = all_of(node, "version");
    out.since = all_of(node, "since");
    out.started = all_of(node, "started");
    out.roles = texts_of(node, "roles");
    out.over = texts_of(node, "over");
    out.cpu = share_of(node, "cpu_millicores", "cpu_millicores", "cpu");
    out.memory = share_of(node, "rss_bytes", "memory_bytes", "memory");
    const auto* neighbors = node.if_contains("neighbors");
    if (neighbors != nullptr && neighbors->is_array())
        out.neighbors = neighbors->get_array().size();
    return out;
}

edge_facts facts_of_edge(const json::object& edge) {
    return {
        all_of(edge, "kind"),
        all_of(edge, "reason"),
        all_of(edge, "tree"),
        number_in(&edge, "rtt_us")};
}

}  // namespace meshhost::observe::proto
