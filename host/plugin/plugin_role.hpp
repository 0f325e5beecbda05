// SPDX-License-Identifier: Apache-2.0
#pragma once
// The tables that mesh_plugin_entry returns, read once into values of ours: bounded, checked, and
// without a look at fields that an older plugin does not have.
#include <mesh/plugin.h>

#include "plugin/plugin_fault.hpp"
#include "plugin/proto/budget_meter.hpp"
#include "plugin/proto/config_schema.hpp"
#include "plugin/proto/process_limits.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace meshhost::plugin {

struct role_description {
    std::string name;
    std::string version;
    std::string vendor;
    std::string summary;
    std::uint32_t flags = 0;  ///< MESH_ROLE_*
    std::vector<std::string> needs;
    std::vector<std::string> wants;
    std::vector<std::string> permissions;
    std::vector<std::string> capabilities;
    proto::config_schema config;
    proto::call_budget budget;         ///< that it declares, within what there is
    proto::process_limits limits;      ///< that it expects to keep
    const mesh_role* table = nullptr;  ///< the callbacks; lives as long as its library
};

/// [a-z][a-z0-9_-]{0,31}
bool is_role_name(std::string_view name) noexcept;

/// Errors: MP011 to MP014, for a plugin without a note; MP017, when `plugin` is null; MP018; MP019.
checked<std::vector<role_description>> read_roles(const mesh_plugin* plugin);

}  // namespace meshhost::plugin
