// SPDX-License-Identifier: Apache-2.0
#pragma once
// Reads what the hosts of a lab have used so far: from the kernel, and traffic from the hosts'
// own counters, as nothing else tells loopback's apart.
#include "base/error.hpp"
#include "lab/model/lab_record.hpp"
#include "lab/model/measurement.hpp"

namespace meshhost::lab {

/// Which side of a window a reading is on: what reading itself costs stays outside.
enum class window_side : std::uint8_t { start, end };

model::reading read_usage(const model::lab_record& lab, window_side side);

/// Between now and then. Errors: E_INTERRUPTED.
outcome<model::window_figures> measure(const model::lab_record& lab, duration window);

struct memory_use {
    std::uint64_t pss_kib = 0;
    std::uint64_t rss_kib = 0;
    std::uint64_t anonymous_kib = 0;
};
/// From smaps_rollup (proc(5)); zeros when it is gone.
memory_use memory_of(std::int64_t pid);

/// {"cpu","cpus","kernel"}
boost::json::object describe_machine();

}  // namespace meshhost::lab
