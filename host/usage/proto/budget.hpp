// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a host may use, and where that is said.
#include <cstdint>

namespace meshhost::usage::proto {

enum class budget_source : std::uint8_t { none, config, cgroup };

const char* to_string(budget_source source);

/// Limits, 0 where there is none.
struct limits {
    std::uint32_t cpu_millicores = 0;
    std::uint64_t memory_bytes = 0;
    friend bool operator==(const limits&, const limits&) = default;
};

struct budget {
    limits most;
    budget_source source = budget_source::none;
    friend bool operator==(const budget&, const budget&) = default;
};

/// Of two groups, one inside the other: the tighter limit of each kind.
limits tighter(const limits& a, const limits& b);

/// The configuration's word counts, then the control group's, each for what it limits. The source
/// is the one of whichever part the configuration says, if it says any.
budget effective_budget(const limits& configured, const limits& cgroup);

/// What the process uses.
struct usage {
    std::uint32_t cpu_millicores = 0;  ///< over the last interval
    std::uint64_t rss_bytes = 0;
    std::uint32_t descriptors = 0;
    std::uint32_t threads = 0;
    friend bool operator==(const usage&, const usage&) = default;
};

}  // namespace meshhost::usage::proto
