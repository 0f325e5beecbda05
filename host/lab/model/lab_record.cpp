// SPDX-License-Identifier: Apache-2.0
#include "lab/model/lab_record.hpp"

#include "lab/model/cast.hpp"
#include "lab/model/fields.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value_from.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace meshhost::lab::model {
namespace {

boost::json::object to_json(const process_name& process) {
    return {{"pid", process.pid}, {"started", process.started}};
}

boost::json::object to_json(const lab_record& lab, const lab_node& node) {
    return {
        {"name", node.name},
        {"role", node.role},
        {"tier", node.tier},
        {"id", node.id},
        {"process", to_json(node.process)},
        {"address", node.address},
        {"ended", node.ended},
        {"starts", node.starts},
        {"started_at_ns", node.started_at.time_since_epoch().count()},
        {"socket", lab.socket_of(node).string()},
        {"config", lab.config_of(node).string()},
        {"log", lab.log_of(node).string()}};
}

process_name process_from(const boost::json::object& from) {
    return {
        integer_at(from, "pid").value_or(0),
        static_cast<std::uint64_t>(integer_at(from, "started").value_or(0))};
}

lab_node node_from(const boost::json::object& from) {
    lab_node node;
    node.name = text_at(from, "name");
    node.role = text_at(from, "role");
    node.tier = text_at(from, "tier");
    node.id = text_at(from, "id");
    node.process = process_from(object_at(from, "process"));
    node.address = text_at(from, "address");
    node.ended = text_at(from, "ended");
    node.starts = static_cast<unsigned>(integer_at(from, "starts").value_or(0));
    node.started_at = time_point(duration(integer_at(from, "started_at_ns").value_or(0)));
    return node;
}

failure damaged(const std::filesystem::path& dir, std::string_view why) {
    return {
        exit_code::invalid,
        "E_LAB_DAMAGED",
        fmt::format("{} is no record of a lab: {}", (dir / "lab.json").string(), why),
        "stop its hosts by hand, if any run, and remove the directory"};
}

}  // namespace

std::filesystem::path lab_record::socket_of(const lab_node& node) const {
    return dir / (node.name + ".sock");
}

std::filesystem::path lab_record::config_of(const lab_node& node) const {
    return dir_of(node) / "meshhost.toml";
}

const lab_node* lab_record::find(std::string_view node_name) const {
    for (const lab_node* each : processes())
        if (each->name == node_name) return each;
    return nullptr;
}

std::vector<const lab_node*> lab_record::processes() const {
    std::vector<const lab_node*> all;
    for (const lab_node& node : nodes)
        all.push_back(&node);
    if (observer) all.push_back(&*observer);
    if (relay) all.push_back(&*relay);
    return all;
}

std::vector<lab_node*> lab_record::processes() {
    std::vector<lab_node*> all;
    for (const lab_node* each : std::as_const(*this).processes())
        all.push_back(const_cast<lab_node*>(each));
    return all;
}

lab_node* lab_record::find(std::string_view node_name) {
    return const_cast<lab_node*>(std::as_const(*this).find(node_name));
}

boost::json::object to_json(const lab_record& lab) {
    boost::json::array nodes;
    for (const lab_node& node : lab.nodes)
        nodes.push_back(to_json(lab, node));
    return {
        {"schema", lab_schema},
        {"name", lab.name},
        {"dir", lab.dir.string()},
        {"program", lab.program.string()},
        {"presets", lab.presets.string()},
        {"seed", std::to_string(lab.seed)},
        {"emit", lab.emit},
        {"sets", boost::json::value_from(lab.sets)},
        {"dashboard_address", lab.dashboard},
        {"dashboard_url", lab.dashboard_url},
        {"observer_sets", boost::json::value_from(lab.observer_sets)},
        {"host_sets", boost::json::value_from(lab.host_sets)},
        {"created_at", lab.created_at},
        {"keeper", to_json(lab.keeper)},
        {"nodes", std::move(nodes)},
        {"observer",
         lab.observer ? boost::json::value(to_json(lab, *lab.observer)) : boost::json::value()},
        {"relay_address", lab.relay_at},
        {"relay", lab.relay ? boost::json::value(to_json(lab, *lab.relay)) : boost::json::value()}};
}

outcome<lab_record> read_lab(std::string_view text, const std::filesystem::path& dir) {
    boost::json::error_code ec;
    const auto parsed = boost::json::parse(text, ec);
    if (ec || !parsed.is_object()) return damaged(dir, "not JSON");
    const auto& from = parsed.get_object();
    if (text_at(from, "schema") != lab_schema)
        return damaged(dir, fmt::format("not of the schema {}", lab_schema));
    lab_record lab;
    lab.name = text_at(from, "name");
    lab.dir = dir;
    lab.program = text_at(from, "program");
    lab.presets = text_at(from, "presets");
    lab.seed = std::strtoull(text_at(from, "seed").c_str(), nullptr, 10);
    lab.emit = text_at(from, "emit");
    for (const auto& set : array_at(from, "sets"))
        if (set.is_string()) lab.sets.emplace_back(set.get_string());
    lab.dashboard = text_at(from, "dashboard_address");
    lab.dashboard_url = text_at(from, "dashboard_url");
    for (const auto& set : array_at(from, "observer_sets"))
        if (set.is_string()) lab.observer_sets.emplace_back(set.get_string());
    for (const auto& set : array_at(from, "host_sets"))
        if (set.is_string()) lab.host_sets.emplace_back(set.get_string());
    lab.created_at = text_at(from, "created_at");
    lab.keeper = process_from(object_at(from, "keeper"));
    for (const auto& node : array_at(from, "nodes"))
        if (node.is_object()) lab.nodes.push_back(node_from(node.get_object()));
    if (const auto& observer = object_at(from, "observer"); !observer.empty())
        lab.observer = node_from(observer);
    lab.relay_at = text_at(from, "relay_address");
    if (const auto& relay = object_at(from, "relay"); !relay.empty()) lab.relay = node_from(relay);
    const bool is_whole = !lab.nodes.empty() && lab.nodes.size() <= nodes_max
                          && std::none_of(lab.nodes.begin(), lab.nodes.end(), [](const auto& node) {
                                 return node.name.empty() || node.id.empty();
                             });
    if (!is_whole) return damaged(dir, "hosts are missing from it");
    return lab;
}

}  // namespace meshhost::lab::model
