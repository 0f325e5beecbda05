// SPDX-License-Identifier: Apache-2.0
#pragma once
// When a plugin takes the whole process down, the last line says which, and where. A crash inside
// of a role's callback is also noted in a file, so that the next start can leave that role out.
#include "base/time.hpp"
#include "plugin/strand_pulse.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::plugin {

/// Once, before the first plugin runs. `record`: where crashes are noted; empty: nowhere. The
/// handlers end the process by its signal, as without them.
void report_crashes(const std::filesystem::path& record);

/// The same in a process of a role's own, or its probe, which says nothing itself and is watched:
/// the place in the role's code goes into its pulse, and, where `file` is not -1, there as a line
/// of crash_place_mark and an offset, hexadecimal.
void leave_crash_places(int file);
inline constexpr std::string_view crash_place_mark = "place ";

/// This thread runs the role of `pulse`; `label` is how a crash names it: "plugin compute-0
/// (compute 1.0.0, compute.so)". Gives the thread a stack to crash on.
void name_in_crashes(strand_pulse& pulse, const std::string& instance, const std::string& label);

/// Crashes inside of one instance's callbacks.
struct noted_crash {
    std::string instance;
    duration at{};  ///< since the Unix epoch
};

/// Unreadable lines are skipped.
std::vector<noted_crash> read_crashes(const std::filesystem::path& record);

/// Those of one instance are forgotten. False: the file cannot be written.
bool forget_crashes(const std::filesystem::path& record, const std::string& instance);

/// So many within `window` before `now`, and the instance is left out.
inline constexpr std::size_t crashes_tolerated = 3;
inline constexpr duration crash_window = 10min;
bool is_crashing(
    const std::vector<noted_crash>& crashes,
    const std::string& instance,
    duration now
);

}  // namespace meshhost::plugin
