// SPDX-License-Identifier: Apache-2.0
#include "plugin/plugin_role.hpp"

#include "base/quote.hpp"
#include "plugin/abi_check.hpp"
#include "plugin/ext/tables.hpp"
#include "plugin/proto/limits.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cstring>
#include <string_view>

namespace meshhost::plugin {

namespace {

std::string text_of(const char* text) {
    return text == nullptr ? std::string() : std::string(text, ::strnlen(text, proto::text_max));
}

std::vector<std::string> list_of(const char* const* list) {
    std::vector<std::string> out;
    if (list == nullptr) return out;
    for (std::size_t i = 0; i < proto::list_max && list[i] != nullptr; ++i)
        out.push_back(text_of(list[i]));
    return out;
}

proto::config_schema schema_of(const mesh_config_key* const* keys) {
    proto::config_schema schema;
    if (keys == nullptr) return schema;
    schema.is_open = false;
    for (std::size_t i = 0; i < proto::list_max && keys[i] != nullptr; ++i) {
        const mesh_config_key& key = *keys[i];
        schema.keys.push_back({
            .path = text_of(key.path),
            .type = key.type,
            .flags = key.flags,
            .fallback = text_of(key.fallback),
            .rule = text_of(key.rule),
            .doc = text_of(key.doc),
        });
    }
    return schema;
}

/// 0 stands for undeclared; more than there is stands for all of it.
template <class T>
void take_over(T& limit, std::uint64_t declared, T most) {
    if (declared != 0) limit = static_cast<T>(std::min<std::uint64_t>(declared, most));
}

proto::call_budget budget_of(const mesh_budget* declared) {
    proto::call_budget budget;
    if (!MESH_HAS(declared, mesh_budget, timers)) return budget;
    take_over(budget.gossip_bytes_per_s, declared->gossip_bytes_per_s, proto::gossip_budget_max);
    take_over(budget.streams, declared->streams, proto::streams_max);
    take_over(budget.timers, declared->timers, proto::timers_max);
    return budget;
}

plugin_fault malformed(const std::string& role, const std::string& what) {
    return {"MP018", fmt::format("role {}: {}", in_quotes(role), what)};
}

checked<> check_role(const role_description& role) {
    const mesh_role& table = *role.table;
    if (!is_role_name(role.name)) {
        return malformed(role.name, "the name is not [a-z][a-z0-9_-]{0,31}");
    }
    if (!table.create || !table.start || !table.stop || !table.destroy || !table.on_event) {
        return malformed(role.name, "create, start, stop, destroy and on_event are mandatory");
    }
    if (const auto fault = proto::fault_of(role.config)) return malformed(role.name, *fault);
    for (const std::string& id : role.needs) {
        if (find_host_table(id) != nullptr) continue;
        return plugin_fault{
            "MP019",
            fmt::format(
                "role {} needs the host extension {}, which meshhost does not offer",
                in_quotes(role.name),
                id
            )};
    }
    return {};
}

proto::process_limits limits_of(const mesh_budget* budget) {
    return {
        MESH_HAS(budget, mesh_budget, cpu_millicores) ? budget->cpu_millicores : 0,
        MESH_HAS(budget, mesh_budget, rss_bytes) ? budget->rss_bytes : 0};
}

checked<role_description> read_role(const mesh_role* table) {
    // What ABI 1.0 has; a later minor's fields are behind it and read with MESH_HAS.
    constexpr std::size_t size_min =
        offsetof(mesh_role, get_extension) + sizeof(mesh_role::get_extension);
    if (table == nullptr) return plugin_fault{"MP018", "a role's table is missing"};
    if (table->struct_size < size_min) {
        return plugin_fault{
            "MP018",
            fmt::format("a role's table has {} bytes, at least {}", table->struct_size, size_min)};
    }
    role_description role{
        .name = text_of(table->role),
        .version = text_of(table->version),
        .vendor = text_of(table->vendor),
        .summary = text_of(table->summary),
        .flags = table->flags,
        .needs = list_of(table->needs),
        .wants = list_of(table->wants),
        .permissions = list_of(table->permissions),
        .capabilities = list_of(table->capabilities),
        .config = schema_of(table->config),
        .budget = budget_of(table->budget),
        .limits = limits_of(table->budget),
        .table = table,
    };
    if (auto fit = check_role(role); !fit) return fit.error();
    return role;
}

}  // namespace

bool is_role_name(std::string_view name) noexcept {
    const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    const auto is_other = [](char c) { return (c >= '0' && c <= '9') || c == '_' || c == '-'; };
    return !name.empty() && name.size() <= proto::role_name_max && is_letter(name.front())
           && std::all_of(name.begin(), name.end(), [&](char c) {
                  return is_letter(c) || is_other(c);
              });
}

checked<std::vector<role_description>> read_roles(const mesh_plugin* plugin) {
    if (plugin == nullptr) {
        return plugin_fault{
            "MP017",
            fmt::format("declined ABI {}: mesh_plugin_entry returned NULL", host_abi_text())};
    }
    const abi_numbers numbers{
        plugin->magic,
        plugin->abi_major,
        plugin->abi_minor_built,
        plugin->abi_minor_min};
    if (auto fit = check_abi(numbers, "its table"); !fit) return fit.error();
    if (plugin->role_count == 0 || plugin->role_count > proto::roles_max || !plugin->roles) {
        return plugin_fault{
            "MP018",
            fmt::format(
                "{} roles: from 1 to {} are possible",
                plugin->role_count,
                proto::roles_max
            )};
    }
    std::vector<role_description> roles;
    for (std::uint32_t i = 0; i < plugin->role_count; ++i) {
        auto role = read_role(plugin->roles[i]);
        if (!role) return role.error();
        roles.push_back(std::move(*role));
    }
    return roles;
}

}  // namespace meshhost::plugin
