// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/picture.hpp"

#include <string_view>

namespace meshhost::observe::proto {

namespace json = boost::json;

namespace {

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

void apply(picture& to, const json::array& ops) {
    for (const auto& each : ops) {
        if (!each.is_array() || each.get_array().size() < 2) continue;
        const auto& op = each.get_array();
        if (op[0].is_string()) apply_one(to, op[0].get_string(), op);
    }
}

}  // namespace meshhost::observe::proto
