// SPDX-License-Identifier: Apache-2.0
#include "lab/lab_status.hpp"

#include "lab/host_api.hpp"
#include "lab/look.hpp"
#include "lab/model/fields.hpp"
#include "lab/process.hpp"

#include <algorithm>

namespace meshhost::lab {
namespace {

std::string_view to_text(process_state state) {
    switch (state) {
    case process_state::running:
        return "running";
    case process_state::paused:
        return "paused";
    case process_state::gone:
        return "gone";
    }
    return "";
}

std::int64_t count(std::size_t number) {
    return static_cast<std::int64_t>(number);
}

/// How many of the others see `id` in which state.
boost::json::object seen_as(const model::mesh_view& view, const std::string& id) {
    boost::json::object counts;
    for (const auto& host : view) {
        const auto seen = host.peers.find(id);
        if (host.id == id || seen == host.peers.end()) continue;
        auto& so_far = counts[seen->second.state];
        so_far = so_far.is_int64() ? so_far.get_int64() + 1 : 1;
    }
    return counts;
}

/// What the host says it uses and may use; an empty object when it does not tell.
boost::json::object meters_of(const model::lab_record& lab, const model::lab_node& node) {
    const auto meters = get(lab.socket_of(node), "/v1/meters");
    return meters ? *meters : boost::json::object();
}

boost::json::value part(const boost::json::object& from, std::string_view key) {
    const auto& inside = model::object_at(from, key);
    return inside.empty() ? boost::json::value(nullptr) : boost::json::value(inside);
}

}  // namespace

boost::json::object lab_status(const model::lab_record& lab) {
    const auto running = running_hosts(lab);
    const auto view = look_at(lab, running);
    const auto found = model::judge(view, ids_without(lab, running));
    const auto heard = model::heard_by_each(view);
    boost::json::array hosts;
    for (const auto& node : lab.nodes) {
        const auto state = state_of(node.process);
        boost::json::object host{
            {"name", node.name},
            {"role", node.role},
            {"tier", node.tier},
            {"id", node.id},
            {"pid", node.process.pid},
            {"process", to_text(state)},
            {"ended", node.ended},
            {"starts", static_cast<std::int64_t>(node.starts)},
            {"address", node.address},
            {"socket", lab.socket_of(node).string()},
            {"seen_as", seen_as(view, node.id)}};
        for (std::size_t i = 0; i < view.size(); ++i) {
            if (view[i].id != node.id) continue;
            host["hears"] = count(heard[i]);
            host["neighbors"] = count(view[i].neighbors.size());
        }
        const auto meters =
            state == process_state::running ? meters_of(lab, node) : boost::json::object();
        host["usage"] = part(meters, "usage");
        host["budget"] = part(meters, "budget");
        hosts.push_back(std::move(host));
    }
    boost::json::value observer;
    if (lab.observer)
        observer = {
            {"process", to_text(state_of(lab.observer->process))},
            {"dashboard", lab.dashboard},
            {"url", lab.dashboard_url},
            {"socket", lab.socket_of(*lab.observer).string()}};
    boost::json::value relay;
    if (lab.relay)
        relay = {{"process", to_text(state_of(lab.relay->process))}, {"url", lab.relay_url()}};
    return {
        {"name", lab.name},
        {"dir", lab.dir.string()},
        {"seed", std::to_string(lab.seed)},
        {"emit", lab.emit},
        {"keeper", to_text(state_of(lab.keeper))},
        {"keeper_pid", lab.keeper.pid},
        {"running", count(running.size())},
        {"whole", found.is_whole},
        {"why", found.why},
        {"observer", std::move(observer)},
        {"relay", std::move(relay)},
        {"hosts", std::move(hosts)}};
}

}  // namespace meshhost::lab
