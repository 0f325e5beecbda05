// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the operator decides about plugins: which to load, under which names, with what settings.
#include "identity/endpoint_id.hpp"
#include "plugin/proto/config_schema.hpp"
#include "plugin/proto/limits.hpp"
#include "plugin/proto/process_limits.hpp"
#include "plugin/proto/restart_policy.hpp"
#include "plugin/proto/stall_watch.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace meshhost::plugin {

using proto::plugin_config;

/// One `--plugin`, or one [plugin.<instance>].
struct plugin_spec {
    std::string argument;  ///< a path with a slash, or a name in the plugin directory
    std::string instance;  ///< empty: "<role>-0", or the next number that is free
    std::string role;      ///< empty: the only one that the shared object has
};

/// [plugin.<instance>]
struct instance_settings {
    plugin_config config;
    std::vector<std::string> grant{"declared"};  ///< that word: all that the role asks for
    std::uint32_t digest_bytes = proto::digest_bytes_default;
    std::uint32_t trace_every = 0;  ///< every n-th event that it gets has a span; 0: none
    bool is_isolated = false;       ///< in a process of its own
    proto::process_limits limits;   ///< of that process; 0: as the role declares
    std::string sha256;             ///< of the file, in hex; empty: any
    proto::restart_rules restarts;
    proto::stall_limits stalls;
    duration start_limit = proto::start_limit;
};

struct plugin_settings {
    std::filesystem::path directory;        ///< where names without a slash are looked up
    std::filesystem::path state_directory;  ///< of all; each instance has one in it; empty: none
    identity::endpoint_id self;
    std::map<std::string, instance_settings, std::less<>> instances;  ///< by instance name
    std::uint64_t seed = 1;         ///< of all that is drawn: the ids of spans
    instance_settings defaults;     ///< of an instance that is not among them
    std::filesystem::path crashes;  ///< where crashes are noted; empty: nowhere
    std::filesystem::path
        control_groups;    ///< where those of processes are made; empty: the host's own
    bool is_safe = false;  ///< only plugins of `directory` are loaded
    /// What is run as the probe process; "--probe-plugin <path>" makes it call plugin_probe_main().
    std::string probe_executable = "/proc/self/exe";
    std::vector<std::string> withheld;  ///< tables that this host has nothing behind
    duration probe_limit = proto::probe_limit;
    duration drain_limit = proto::drain_limit;
    duration stop_limit = proto::stop_limit;
};

/// The file that `argument` means: as it is when it has a slash; else in `directory`, under its own
/// name or with ".so" added. One that does not exist is left for the load to complain about.
std::string resolve_plugin(const std::string& argument, const std::filesystem::path& directory);

}  // namespace meshhost::plugin
