// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the probe process has to know to create an instance exactly as the host will.
#include "plugin/instance_plan.hpp"
#include "plugin/plugin_settings.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::plugin {

struct probe_request {
    plugin_spec spec;
    plugin_settings settings;  ///< only `instances`, `defaults` and `state_directory` travel
    std::vector<taken_name> taken;
};

/// Of the instance that it asks for: by name, or the settings of one that nobody named.
const instance_settings& own_settings(const probe_request& request);

/// JSON, for the pipe between host and probe.
std::string encode(const probe_request& request);
std::optional<probe_request> decode_probe_request(std::string_view text);

}  // namespace meshhost::plugin
