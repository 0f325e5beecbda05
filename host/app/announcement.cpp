// SPDX-License-Identifier: Apache-2.0
#include "app/announcement.hpp"

#include "admin/snapshot_json.hpp"
#include "http/envelope.hpp"

#include <fmt/format.h>

namespace meshhost::app {

namespace {

std::string line(std::string_view name, std::string_view value) {
    return fmt::format("{:<9}{}\n", name, value);
}

std::string role_text(const admin::plugin_snapshot& plugin) {
    return fmt::format(
        "{}{} ({}, {}){}",
        plugin.role.empty() ? plugin.instance : plugin.role,
        plugin.version.empty() ? "" : " " + plugin.version,
        plugin.path,
        plugin.state,
        plugin.error.empty() ? "" : ": " + plugin.error
    );
}

double to_ms(duration value) {
    return std::chrono::duration<double, std::milli>(value).count();
}

}  // namespace

std::string ready_text(
    const admin::node_snapshot& node,
    std::span<const admin::plugin_snapshot> plugins,
    const std::filesystem::path& socket,
    const open_ports& open
) {
    std::string text = line("node", fmt::format("{} in mesh {}", node.name, node.mesh));
    text += line("id", node.id);
    text += line("ticket", node.ticket);
    for (const auto& plugin : plugins)
        text += line("role", role_text(plugin));
    text += line("bound", fmt::format("{}", fmt::join(node.bound, ", ")));
    text += line("socket", socket.string());
    if (!open.health.empty())
        text += line("metrics", fmt::format("http://{}/metrics", open.health));
    if (!open.dashboard.empty()) text += line("dashboard", " " + open.dashboard);
    return text
           + fmt::format(
               "ready in {:.1f} ms\n",
               to_ms(node.ready_after.value_or(duration::zero()))
           );
}

boost::json::object ready_json(
    const admin::node_snapshot& node,
    std::span<const admin::plugin_snapshot> plugins,
    const std::filesystem::path& socket,
    const open_ports& open
) {
    auto data = admin::status_json(node, {}, plugins);
    data["socket"] = socket.string();
    if (!open.health.empty()) data["health"] = open.health;
    if (!open.dashboard.empty()) data["dashboard"] = open.dashboard;
    return http::make_envelope("ready", std::move(data));
}

}  // namespace meshhost::app
