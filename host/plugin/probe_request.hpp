// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the probe process has to know to create an instance as the host will: nothing of the others.
#include "plugin/plugin_settings.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace meshhost::plugin {

struct probe_request {
    plugin_spec spec;
    plugin_settings settings;  ///< its own_settings() and `state_directory` travel
};

/// Of the instance that it asks for; the defaults for one that nobody named.
const instance_settings& own_settings(const probe_request& request);

/// JSON, for the pipe between host and probe.
std::string encode(const probe_request& request);
std::optional<probe_request> decode_probe_request(std::string_view text);

}  // namespace meshhost::plugin
