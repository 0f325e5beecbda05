// SPDX-License-Identifier: Apache-2.0
#include "lab/look.hpp"

#include "lab/host_api.hpp"
#include "lab/process.hpp"

namespace meshhost::lab {

namespace {

constexpr duration look_wait = 2s;  ///< for one host; then it sees nobody. A guess

}  // namespace

std::set<std::string> running_hosts(const model::lab_record& lab) {
    std::set<std::string> names;
    for (const auto& node : lab.nodes)
        if (state_of(node.process) == process_state::running) names.insert(node.name);
    return names;
}

model::mesh_view look_at(const model::lab_record& lab, const std::set<std::string>& names) {
    model::mesh_view view;
    for (const auto& node : lab.nodes) {
        if (!names.contains(node.name)) continue;
        const auto status = get(lab.socket_of(node), "/v1/status", look_wait);
        auto& host = view.emplace_back();
        if (status) host = model::read_sight(node.name, *status, monotonic_now());
        host.name = node.name;
        host.id = node.id;
    }
    return view;
}

std::set<std::string> ids_without(
    const model::lab_record& lab,
    const std::set<std::string>& names
) {
    std::set<std::string> ids;
    for (const auto& node : lab.nodes)
        if (!names.contains(node.name)) ids.insert(node.id);
    return ids;
}

}  // namespace meshhost::lab
