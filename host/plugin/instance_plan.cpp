// SPDX-License-Identifier: Apache-2.0
#include "plugin/instance_plan.hpp"

#include <mesh/plugin.h>

#include "base/quote.hpp"
#include "plugin/proto/permission_words.hpp"
#include "plugin/proto/state_quota.hpp"

#include <spdlog/fmt/fmt.h>
#include <spdlog/fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace meshhost::plugin {

namespace {

checked<const role_description*> choose_role(
    const std::vector<role_description>& roles,
    const std::string& wanted
) {
    std::vector<std::string> names;
    for (const role_description& role : roles) {
        if (role.name == wanted || (wanted.empty() && roles.size() == 1)) return &role;
        names.push_back(role.name);
    }
    if (wanted.empty()) {
        return plugin_fault{
            "MP018",
            fmt::format(
                "has {} roles ({}): name the one to run",
                names.size(),
                fmt::join(names, ", ")
            )};
    }
    return plugin_fault{
        "MP018",
        fmt::format("has no role {}, only {}", in_quotes(wanted), fmt::join(names, ", "))};
}

bool is_taken(const std::vector<taken_name>& taken, const std::string& instance) {
    return std::any_of(taken.begin(), taken.end(), [&](const taken_name& other) {
        return other.instance == instance;
    });
}

constexpr std::string_view all_declared = "declared";

checked<proto::grants> choose_grants(
    const role_description& role,
    const std::string& instance,
    const instance_settings& own
) {
    proto::grants granted = grants_of(role, own);
    std::vector<std::string> missing;
    for (const std::string& wanted : role.permissions)
        if (!granted.allows(wanted)) missing.push_back(wanted);
    if (missing.empty()) return granted;
    return plugin_fault{
        "MP020",
        fmt::format(
            "role {} asks for {}, which plugin.{}.grant does not contain",
            in_quotes(role.name),
            fmt::join(missing, ", "),
            instance
        )};
}

/// Of a grant that is a pattern nobody knows what it is meant for.
void look_at_permissions(
    const role_description& role,
    const instance_settings& own,
    std::vector<std::string>& warnings
) {
    std::vector<std::string> all = role.permissions;
    for (const std::string& grant : own.grant)
        if (grant != all_declared && grant.find_first_of("#*") == std::string::npos)
            all.push_back(grant);
    for (const std::string& each : all)
        if (auto odd = proto::oddity_of(each)) warnings.push_back(std::move(*odd));
}

/// What no host of this version has was found when the role was read.
checked<> check_needs(const role_description& role, const std::vector<std::string>& withheld) {
    for (const std::string& id : role.needs) {
        if (std::find(withheld.begin(), withheld.end(), id) == withheld.end()) continue;
        return plugin_fault{
            "MP019",
            fmt::format(
                "role {} needs the host extension {}, which this host has switched off",
                in_quotes(role.name),
                id
            )};
    }
    return {};
}

}  // namespace

checked<std::string> choose_name(
    const role_description& role,
    const std::string& wanted,
    const std::vector<taken_name>& taken
) {
    const bool runs = std::any_of(taken.begin(), taken.end(), [&](const taken_name& other) {
        return other.role == role.name;
    });
    if (runs && (role.flags & MESH_ROLE_SINGLETON) != 0) {
        return plugin_fault{
            "MP022",
            fmt::format("role {} runs already, and at most once on a host", in_quotes(role.name))};
    }
    if (!wanted.empty()) {
        if (!is_taken(taken, wanted)) return wanted;
        return plugin_fault{
            "MP022",
            fmt::format("the instance name {} is taken: choose another", in_quotes(wanted))};
    }
    for (std::size_t number = 0;; ++number) {  // ends: `taken` is finite
        std::string name = fmt::format("{}-{}", role.name, number);
        if (!is_taken(taken, name)) return name;
    }
}

proto::grants grants_of(const role_description& role, const instance_settings& own) {
    std::vector<std::string> all;
    for (const std::string& grant : own.grant) {
        if (grant == all_declared)
            all.insert(all.end(), role.permissions.begin(), role.permissions.end());
        else
            all.push_back(grant);
    }
    return proto::grants(std::move(all));
}

checked<instance_plan> plan_instance(
    const std::vector<role_description>& roles,
    const plugin_spec& spec,
    const plugin_settings& settings,
    const std::vector<taken_name>& taken
) {
    const auto role = choose_role(roles, spec.role);
    if (!role) return role.error();
    if (auto fit = check_needs(**role, settings.withheld); !fit) return fit.error();
    auto name = choose_name(**role, spec.instance, taken);
    if (!name) return name.error();
    const auto found = settings.instances.find(*name);
    const instance_settings& own =
        found == settings.instances.end() ? settings.defaults : found->second;
    auto config =
        proto::check_config((*role)->config, own.config, fmt::format("plugin.{}.config.", *name));
    if (!config.problems.empty()) {
        return plugin_fault{"MP021", fmt::format("{}", fmt::join(config.problems, "; "))};
    }
    auto grants = choose_grants(**role, *name, own);
    if (!grants) return grants.error();
    look_at_permissions(**role, own, config.warnings);
    state_place state{{}, proto::state_quota(grants->granted())};
    if (!settings.state_directory.empty())
        state.directory = (settings.state_directory / *name).string();
    return instance_plan{
        .instance = std::move(*name),
        .role = *role,
        .config = std::move(config.values),
        .grants = std::move(*grants),
        .digest_bytes = own.digest_bytes,
        .state = std::move(state),
        .settings = own,
        .warnings = std::move(config.warnings),
    };
}

}  // namespace meshhost::plugin
