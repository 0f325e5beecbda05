// SPDX-License-Identifier: Apache-2.0
#include "check/describe.hpp"

#include "base/quote.hpp"
#include "plugin/plugin_fault.hpp"
#include "plugin/proto/limits.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <spdlog/fmt/fmt.h>

#include <array>
#include <cstring>

namespace meshhost::check {

namespace json = boost::json;

namespace {

std::string text_of(const char* text) {
    using plugin::proto::text_max;
    return text == nullptr ? std::string() : std::string(text, ::strnlen(text, text_max));
}

std::string_view type_name(std::uint32_t type) noexcept {
    switch (type) {
    case MESH_T_BOOL:
        return "bool";
    case MESH_T_I64:
    case MESH_T_U64:
        return "integer";
    case MESH_T_F64:
        return "number";
    case MESH_T_STR:
        return "text";
    case MESH_T_BYTES:
        return "bytes";
    case MESH_CFG_ARRAY:
        return "array";
    case MESH_CFG_TABLE:
        return "table";
    default:
        return "unknown";
    }
}

constexpr std::array<std::pair<std::uint32_t, const char*>, 4> key_flags{
    {{MESH_CFG_REQUIRED, "required"},
     {MESH_CFG_SECRET, "secret"},
     {MESH_CFG_RELOAD, "reload"},
     {MESH_CFG_DEPRECATED, "deprecated"}}};
constexpr std::array<std::pair<std::uint32_t, const char*>, 3> role_flags{
    {{MESH_ROLE_SINGLETON, "singleton"},
     {MESH_ROLE_NO_INPROC, "no_inproc"},
     {MESH_ROLE_NO_SANDBOX, "no_sandbox"}}};

template <std::size_t Size>
json::array flag_names(
    std::uint32_t flags,
    const std::array<std::pair<std::uint32_t, const char*>, Size>& names
) {
    json::array out;
    for (const auto& [bit, name] : names)
        if ((flags & bit) != 0) out.emplace_back(name);
    return out;
}

json::object key_json(const plugin::proto::config_key& key) {
    return {
        {"path", key.path},
        {"type", type_name(key.type)},
        {"default", key.fallback},
        {"rule", key.rule},
        {"doc", key.doc},
        {"flags", flag_names(key.flags, key_flags)}};
}

json::value budget_json(const mesh_budget* budget) {
    if (budget == nullptr || budget->struct_size < sizeof(mesh_budget)) return nullptr;
    json::object out;
    const auto add = [&](const char* name, std::uint64_t value) {
        if (value != 0) out[name] = value;
    };
    add("cpu_millicores", budget->cpu_millicores);
    add("rss_bytes", budget->rss_bytes);
    add("state_bytes", budget->state_bytes);
    add("max_callback_us", budget->max_callback_us);
    add("threads", budget->threads);
    add("digest_bytes", budget->digest_bytes);
    add("gossip_bytes_per_s", budget->gossip_bytes_per_s);
    add("streams", budget->streams);
    add("timers", budget->timers);
    return out;
}

std::string text_in(const json::object& from, std::string_view name) {
    const auto* found = from.if_contains(name);
    return found != nullptr && found->is_string() ? std::string(found->get_string())
                                                  : std::string();
}

json::array list_in(const json::object& from, std::string_view name) {
    const auto* found = from.if_contains(name);
    return found != nullptr && found->is_array() ? found->get_array() : json::array();
}

std::string joined(const json::array& from) {
    std::string out;
    for (const auto& each : from) {
        if (!out.empty()) out += ", ";
        out += each.is_string() ? std::string(each.get_string()) : json::serialize(each);
    }
    return out;
}

std::string budget_line(const json::object& role) {
    const auto* budget = role.if_contains("budget");
    if (budget == nullptr || !budget->is_object()) return {};
    std::string out;
    for (const auto& [name, value] : budget->get_object())
        out += fmt::format(
            "{}{} {}",
            out.empty() ? "" : ", ",
            std::string_view(name),
            json::serialize(value)
        );
    return out;
}

/// "1..100, default 7, required"
std::string key_facts(const json::object& key) {
    std::string out = text_in(key, "type");
    if (const auto rule = text_in(key, "rule"); !rule.empty()) out += " " + rule;
    if (const auto value = text_in(key, "default"); !value.empty()) out += ", default " + value;
    if (const auto flags = joined(list_in(key, "flags")); !flags.empty()) out += ", " + flags;
    return out;
}

/// What may stand in a cell of a Markdown table.
std::string cell(std::string text) {
    for (auto at = text.find('|'); at != text.npos; at = text.find('|', at + 2))
        text.insert(at, 1, '\\');
    return plugin::one_line(text, plugin::proto::text_max);
}

template <class F>
void for_each_object(const json::array& in, F&& f) {
    for (const auto& each : in)
        if (each.is_object()) f(each.get_object());
}

}  // namespace

json::object role_json(const plugin::role_description& role) {
    json::array config;
    for (const auto& key : role.config.keys)
        config.push_back(key_json(key));
    return {
        {"role", role.name},
        {"version", role.version},
        {"vendor", role.vendor},
        {"summary", role.summary},
        {"license", text_of(role.table->license)},
        {"homepage", text_of(role.table->homepage)},
        {"flags", flag_names(role.flags, role_flags)},
        {"needs", json::value_from(role.needs)},
        {"wants", json::value_from(role.wants)},
        {"permissions", json::value_from(role.permissions)},
        {"capabilities", json::value_from(role.capabilities)},
        {"config_is_open", role.config.is_open},
        {"config", std::move(config)},
        {"budget", budget_json(role.table->budget)}};
}

std::string describe_text(const json::object& about) {
    std::string out;
    const auto line = [&](std::string_view name, const std::string& what) {
        if (!what.empty()) out += fmt::format("  {:<13} {}\n", name, plugin::one_line(what, 500));
    };
    for_each_object(list_in(about, "roles"), [&](const json::object& role) {
        out += fmt::format("{} {}\n", text_in(role, "role"), text_in(role, "version"));
        line("", text_in(role, "summary"));
        line("vendor", text_in(role, "vendor"));
        line("license", text_in(role, "license"));
        line("homepage", text_in(role, "homepage"));
        line("abi", text_in(about, "abi"));
        line("sdk", text_in(about, "sdk"));
        line("flags", joined(list_in(role, "flags")));
        line("needs", joined(list_in(role, "needs")));
        line("wants", joined(list_in(role, "wants")));
        line("permissions", joined(list_in(role, "permissions")));
        line("capabilities", joined(list_in(role, "capabilities")));
        line("budget", budget_line(role));
        const auto config = list_in(role, "config");
        if (config.empty()) return;
        out += "  config\n";
        for_each_object(config, [&](const json::object& key) {
            out += fmt::format("    {:<16} {}\n", text_in(key, "path"), key_facts(key));
            if (const auto doc = text_in(key, "doc"); !doc.empty())
                out += fmt::format("    {:<16} {}\n", "", plugin::one_line(doc, 500));
        });
    });
    return out;
}

std::string describe_markdown(const json::object& about) {
    std::string out;
    for_each_object(list_in(about, "roles"), [&](const json::object& role) {
        const auto name = text_in(role, "role");
        out += fmt::format(
            "# {} {}\n\n{}\n\n| | |\n|---|---|\n",
            name,
            text_in(role, "version"),
            text_in(role, "summary")
        );
        const auto row = [&](const char* what, const std::string& value) {
            if (!value.empty()) out += fmt::format("| {} | {} |\n", what, cell(value));
        };
        row("Vendor", text_in(role, "vendor"));
        row("License", text_in(role, "license"));
        row("Homepage", text_in(role, "homepage"));
        row("ABI", text_in(about, "abi"));
        row("Needs", joined(list_in(role, "needs")));
        row("Wants", joined(list_in(role, "wants")));
        row("Permissions", joined(list_in(role, "permissions")));
        row("Capabilities", joined(list_in(role, "capabilities")));
        row("Budget", budget_line(role));
        const auto config = list_in(role, "config");
        if (config.empty()) return;
        out += fmt::format("\n## [plugin.{}-0.config]\n\n", name);
        out += "| key | type | rule | default | |\n|---|---|---|---|---|\n";
        for_each_object(config, [&](const json::object& key) {
            const auto flags = joined(list_in(key, "flags"));
            out += fmt::format(
                "| `{}` | {} | {} | {} | {}{} |\n",
                cell(text_in(key, "path")),
                text_in(key, "type"),
                cell(text_in(key, "rule")),
                cell(text_in(key, "default")),
                cell(text_in(key, "doc")),
                flags.empty() ? "" : " (" + flags + ")"
            );
        });
    });
    return out;
}

}  // namespace meshhost::check
