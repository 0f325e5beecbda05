// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/picture.hpp"

#include <string_view>

namespace meshhost::observe::proto {

namespace json = boost::json;

namespace {

/// Objects of a schema always have the same keys, so that none has to be taken away.
json::object changed_fields(const json::object& from, const json::object& to) {
    json::object changed;
    for (const auto& [key, value] : to) {
        const auto* before = from.if_contains(key);
        if (before == nullptr || *before != value) changed[key] = value;
    }
    return changed;
}

void tell_changes(
    const char* add,
    const char* change,
    const objects& from,
    const objects& to,
    json::array& ops
) {
    for (const auto& [id, now] : to) {
        const auto before = from.find(id);
        if (before == from.end()) {
            ops.push_back(json::array{add, now});
            continue;
        }
        auto changed = changed_fields(before->second, now);
        if (!changed.empty()) ops.push_back(json::array{change, id, std::move(changed)});
    }
}

void tell_gone(const char* gone, const objects& from, const objects& to, json::array& ops) {
    for (const auto& [id, before] : from)
        if (!to.contains(id)) ops.push_back(json::array{gone, id, json::object{}});
}

void merge(objects& into, const json::string& id, const json::object& changed) {
    const auto found = into.find(std::string(id));
    if (found == into.end()) return;
    for (const auto& [key, value] : changed)
        found->second[key] = value;
}

void apply_one(picture& to, std::string_view what, const json::array& op) {
    const auto& first = op[1];
    if (what == "m~" && first.is_object()) {
        for (const auto& [key, value] : first.get_object())
            to.mesh[key] = value;
        return;
    }
    if (what.size() != 2 || (what[0] != 'n' && what[0] != 'e')) return;
    objects& all = what[0] == 'n' ? to.nodes : to.edges;
    if (what[1] == '+' && first.is_object()) {
        const auto& added = first.get_object();
        const auto* id = added.if_contains("id");
        if (id != nullptr && id->is_string()) all[std::string(id->get_string())] = added;
    }
    if (!first.is_string()) return;
    if (what[1] == '~' && op.size() > 2 && op[2].is_object())
        merge(all, first.get_string(), op[2].get_object());
    if (what[1] == '-') all.erase(std::string(first.get_string()));
}

}  // namespace

json::array differences(const picture& from, const picture& to) {
    json::array ops;
    if (auto changed = changed_fields(from.mesh, to.mesh); !changed.empty())
        ops.push_back(json::array{"m~", std::move(changed)});
    tell_changes("n+", "n~", from.nodes, to.nodes, ops);
    tell_gone("e-", from.edges, to.edges, ops);
    tell_changes("e+", "e~", from.edges, to.edges, ops);
    tell_gone("n-", from.nodes, to.nodes, ops);
    return ops;
}

void apply(picture& to, const json::array& ops) {
    for (const auto& each : ops) {
        if (!each.is_array() || each.get_array().size() < 2) continue;
        const auto& op = each.get_array();
        if (op[0].is_string()) apply_one(to, op[0].get_string(), op);
    }
}

json::object to_json(const picture& whole) {
    json::array nodes;
    json::array edges;
    for (const auto& [id, node] : whole.nodes)
        nodes.push_back(node);
    for (const auto& [id, edge] : whole.edges)
        edges.push_back(edge);
    return {{"mesh", whole.mesh}, {"nodes", std::move(nodes)}, {"edges", std::move(edges)}};
}

}  // namespace meshhost::observe::proto
