// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a worker process has to know to run one role exactly as its host would.
#include "base/log.hpp"
#include "plugin/instance_context.hpp"
#include "plugin/plugin_settings.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::plugin {

// The worker's descriptors.
inline constexpr int worker_request_fd = 0;
inline constexpr int worker_socket_fd = 3;
inline constexpr int worker_image_fd = 4;
inline constexpr int worker_pulse_fd = 5;
inline constexpr int worker_files_fd = 6;  ///< where further images come from

struct worker_request {
    std::string instance;
    std::string role;
    instance_settings settings;
    node_self self;
    std::vector<std::string> granted;  ///< in all: what it declares counts before it is loaded
    std::string state_directory;       ///< the instance's own
    proto::process_limits limits;
    std::string group;  ///< the control group to enter; empty: none
    std::uint64_t seed = 0;
    std::vector<std::string> reserved_alpns;
    log_level level = log_level::info;
    std::vector<std::string> withheld = {};  ///< as in instance_facts
};

/// JSON, for a file that the worker inherits.
std::string encode(const worker_request& request);
std::optional<worker_request> decode_worker_request(std::string_view text);

}  // namespace meshhost::plugin
