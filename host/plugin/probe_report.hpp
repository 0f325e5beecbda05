// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the probe process tells its host while it can: a line for each step before it is taken, and
// at the end how it went. Whoever dies in between is known by the last line.
#include "plugin/instance_plan.hpp"
#include "plugin/plugin_fault.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::plugin {

/// The ends of the pipes in the probe process.
inline constexpr int probe_request_fd = 0;
inline constexpr int probe_report_fd = 3;
inline constexpr int probe_image_fd = 4;

inline constexpr std::size_t probe_report_size_max = 16u << 10;

/// What the object says of itself: for a host that will not load it. The code that ran in the probe
/// may have written it, so that nothing which keeps other roles safe may hang on it.
struct probed_role {
    role_description role;  ///< without its configuration's schema, its budget and its table
    std::vector<std::string> warnings;
};

/// Read from all that came: the last step begun, and the end if it was reached.
struct probe_report {
    std::string step = "start of the probe";
    std::string place;  ///< of a crash: an offset in its file, hexadecimal; empty: not known
    bool is_done = false;
    std::optional<probed_role> found;
    std::optional<plugin_fault> fault;
};

std::string step_line(std::string_view step);
std::string role_line(const instance_plan& plan);
std::string done_line();
std::string fault_line(const plugin_fault& fault);

/// Lines it does not know are skipped, and so is an unfinished last one.
probe_report read_probe_report(std::string_view text);

}  // namespace meshhost::plugin
