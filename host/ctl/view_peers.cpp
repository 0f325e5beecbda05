// SPDX-License-Identifier: Apache-2.0
#include "ctl/fields.hpp"
#include "ctl/view_parts.hpp"
#include "ctl/views.hpp"
#include "ctl/words.hpp"

#include <fmt/format.h>

namespace meshhost::ctl {

namespace {

table_cell time_cell(const std::optional<duration>& time) {
    if (!time) return {};
    return {age_text(*time), std::chrono::duration<double>(*time).count()};
}

table_cell rtt_cell(const boost::json::object& path) {
    const auto rtt = us_in(path, "rtt_us");
    if (!rtt) return {};
    return {rtt_text(*rtt), std::chrono::duration<double, std::milli>(*rtt).count()};
}

/// "direct", "relayed 192.0.2.7:443"; the remote end of a direct path is a column of its own.
std::string route_text(const boost::json::object& peer) {
    const auto& path = object_in(peer, "path");
    if (path.empty()) return reach_text(peer);
    const auto kind = text_in(path, "kind");
    return kind == "direct" ? kind : fmt::format("{} {}", kind, text_in(path, "remote"));
}

constexpr std::int64_t load_class_max = 7;  // 255: not measured

/// "cpu 3 mem 1" of 0 to 7; what was not measured is left out.
std::string load_text(const boost::json::object& load) {
    std::vector<std::string> parts;
    for (const auto& [key, word] : {std::pair("cpu", "cpu"), std::pair("memory", "mem")})
        if (const auto grade = number_in(load, key); grade && *grade <= load_class_max)
            parts.push_back(fmt::format("{} {}", word, *grade));
    return joined(parts, " ");
}

/// Of the processor, that of memory behind the point.
std::optional<double> load_rank(const boost::json::object& load) {
    if (load_text(load).empty()) return {};
    const auto grade = [&](std::string_view key) {
        const auto number = number_in(load, key);
        return number && *number <= load_class_max ? static_cast<double>(*number) : 0.0;
    };
    return grade("cpu") + grade("memory") / 10;
}

table_cell count_cell(const std::optional<std::int64_t>& count) {
    if (!count) return {};
    return {std::to_string(*count), static_cast<double>(*count)};
}

std::vector<table_cell> peer_cells(const boost::json::object& peer) {
    const auto& path = object_in(peer, "path");
    const auto& load = object_in(peer, "load");
    const auto state = text_in(peer, "state");
    return {
        {name_of(peer)},
        {text_in(peer, "tier")},
        {joined(texts_in(peer, "roles"), ",")},
        {state, {}, tone_of_state(state)},
        {route_text(peer)},
        {text_in(path, "reason")},
        rtt_cell(path),
        {load_text(load), load_rank(load)},
        {text_in(peer, "gossip")},
        time_cell(ms_in(peer, "since_ms")),
        {state == "alive" ? std::string() : text_in(peer, "evidence")},
        {contributions_text(array_in(peer, "contributions"))},
        {short_id(text_in(peer, "id"))},
        {text_in(peer, "version")},
        {text_in(path, "remote")},
        time_cell(ms_in(peer, "uptime_ms")),
        time_cell(ms_in(peer, "last_seen_ms")),
        count_cell(number_in(object_in(peer, "neighbors"), "count")),
        time_cell(ms_in(peer, "lease_ms")),
        {budget_text(object_in(peer, "budget"))}};
}

/// Of a role that runs, an error is over.
std::string error_text(const boost::json::object& plugin) {
    const auto error = text_in(plugin, "error");
    const auto age = ms_in(plugin, "error_ms");
    if (error.empty() || !age || text_in(plugin, "state") != "running") return error;
    return error + ", " + age_text(*age) + " ago";
}

std::vector<table_cell> plugin_cells(const boost::json::object& plugin) {
    const auto state = text_in(plugin, "state");
    const auto health = text_in(plugin, "health");
    const bool is_well = health.empty() || health == "ok";
    return {
        {text_in(plugin, "instance")},
        {text_in(plugin, "role")},
        {text_in(plugin, "version")},
        {text_in(plugin, "abi")},
        {state, {}, state == "failed" ? tone::bad : tone::plain},
        {is_well ? "" : health, {}, health == "unhealthy" ? tone::bad : tone::warning},
        {text_in(plugin, "isolation")},
        count_cell(number_in(plugin, "restarts")),
        {text_in(plugin, "path")},
        {is_well ? error_text(plugin) : text_in(plugin, "health_reason")}};
}

/// A row for every item; one that is no object is empty, so that rows and items keep in step.
void add_rows(
    table_view& table,
    const boost::json::array& items,
    std::vector<table_cell> (*cells)(const boost::json::object&)
) {
    for (const auto& item : items)
        table.add(cells(item.is_object() ? item.get_object() : boost::json::object()));
}

}  // namespace

table_view peers_table(const boost::json::object& data) {
    constexpr bool on_demand = false;
    table_view table(
        "peer",
        "state",
        {{"node"},
         {"tier"},
         {"role"},
         {"state"},
         {"path"},
         {"reason"},
         {"rtt", align::right, true, "ms"},
         {"load"},
         {"tree"},
         {"since", align::left, true, "s"},
         {"evidence"},
         {"values"},
         {"id", align::left, on_demand},
         {"version", align::left, on_demand},
         {"remote", align::left, on_demand},
         {"uptime", align::left, on_demand, "s"},
         {"seen", align::left, on_demand, "s"},
         {"neighbors", align::right, on_demand},
         {"lease", align::left, on_demand, "s"},
         {"budget", align::left, on_demand}}
    );
    add_rows(table, array_in(data, "peers"), peer_cells);
    return table;
}

table_view plugins_table(const boost::json::object& data) {
    table_view table(
        "plugin",
        "state",
        {{"instance"},
         {"role"},
         {"version"},
         {"abi"},
         {"state"},
         {"health"},
         {"runs"},
         {"restarts"},
         {"file"},
         {"why"}}
    );
    add_rows(table, array_in(data, "plugins"), plugin_cells);
    return table;
}

}  // namespace meshhost::ctl
