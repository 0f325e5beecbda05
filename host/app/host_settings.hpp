// SPDX-License-Identifier: Apache-2.0
#pragma once
// The configuration in the words of the rooms that it is for.
#include "config/config_loader.hpp"
#include "identity/secret_key.hpp"
#include "peers/proto/config.hpp"
#include "plugin/plugin_settings.hpp"
#include "transport/endpoint.hpp"

#include <cstdint>
#include <filesystem>

namespace meshhost::app {

struct relay_access;

/// From the machine.
std::uint64_t random_seed();
/// Since the Unix epoch: for what is shown to people, never for waiting.
duration unix_now();

/// Where crashes of roles in this process are written down.
std::filesystem::path crash_record_of(const config::host_config& settings);

transport::endpoint_options endpoint_options_of(
    const config::host_config& settings,
    const identity::secret_key& key,
    const relay_access& relays  ///< outlives the endpoint
);

/// `is_safe`: only plugins of the host's own directory are loaded.
plugin::plugin_settings plugin_settings_of(
    const config::host_config& settings,
    const identity::endpoint_id& self,
    bool is_safe
);

peers::proto::config peers_limits_of(const config::digest_config& settings);

/// Between two looks of the auditor; 0: only when it is asked.
duration audit_interval(const config::loaded_config& settings);

}  // namespace meshhost::app
