// SPDX-License-Identifier: Apache-2.0
#pragma once
// From a loaded library to an instance that can be created: which role, under which name, with
// which configuration. The host and the probe process decide alike.
#include "plugin/plugin_fault.hpp"
#include "plugin/plugin_role.hpp"
#include "plugin/plugin_settings.hpp"
#include "plugin/proto/grants.hpp"
#include "plugin/state_place.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace meshhost::plugin {

struct instance_plan {
    std::string instance;
    const role_description* role = nullptr;
    boost::json::object config;
    proto::grants grants;
    std::uint32_t digest_bytes = 0;
    state_place state;
    instance_settings settings;         ///< as the operator has it
    std::vector<std::string> warnings;  ///< of deprecated keys
};

/// What the operator lets a role of these settings do.
proto::grants grants_of(const role_description& role, const instance_settings& own);

/// An instance that is there already.
struct taken_name {
    std::string instance;
    std::string role;
};

/// `wanted`, or when that is empty "<role>-0" or the next number that is free. Errors: MP022, when
/// the name is taken or the role cannot run twice.
checked<std::string> choose_name(
    const role_description& role,
    const std::string& wanted,
    const std::vector<taken_name>& taken
);

/// `roles` outlives the plan. Errors: MP018, when the role to run is not clear; MP019, when it
/// needs what this host has switched off; MP020, when it asks for what it is not granted; MP021,
/// with all that is wrong in the configuration; MP022, when the name is taken or the role cannot
/// run twice.
checked<instance_plan> plan_instance(
    const std::vector<role_description>& roles,
    const plugin_spec& spec,
    const plugin_settings& settings,
    const std::vector<taken_name>& taken
);

}  // namespace meshhost::plugin
