// SPDX-License-Identifier: Apache-2.0
#pragma once
// Processes that this one did not start: found again by their number and start time, so that a
// number that the kernel gave to somebody else is never signalled.
#include "base/error.hpp"
#include "base/time.hpp"
#include "lab/model/lab_record.hpp"

#include <optional>

namespace meshhost::lab {

using model::process_name;

enum class process_state : std::uint8_t {
    running,
    paused,  ///< stopped by a signal
    gone,    ///< ended, be it that nobody has waited for it yet
};

/// The name of a process that is there now; nullopt when there is none of that number.
std::optional<process_name> name_process(std::int64_t pid);

process_state state_of(const process_name& process);

/// False when that process is gone. Errors: E_SIGNAL (not_permitted).
outcome<bool> send_signal(const process_name& process, int signal);

/// Waits until it is gone, at most `patience`; false when it is still there.
bool wait_until_gone(const process_name& process, duration patience);

/// The machine's monotonic clock, the same for all its processes.
time_point monotonic_now();

}  // namespace meshhost::lab
