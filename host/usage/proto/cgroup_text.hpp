// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a control group of version 2 allows and has used (the kernel's admin-guide/cgroup-v2), text
// in, numbers out. Text that is short, absent or not of that form says nothing.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meshhost::usage::proto {

/// Of /proc/self/cgroup: the process's group in the version 2 hierarchy, "/system.slice/a.service".
/// nullopt as well for a path that leads out of what this process can see ("/../..").
std::optional<std::string> parse_cgroup_path(std::string_view text);

/// Of cpu.max, "QUOTA PERIOD" in microseconds, as thousandths of a core; nullopt: no limit. Never
/// 0, which would mean none.
std::optional<std::uint32_t> parse_cpu_max(std::string_view text);

/// Of memory.max, memory.high and memory.current, in bytes; nullopt: "max".
std::optional<std::uint64_t> parse_memory(std::string_view text);

/// Of cpu.stat.
struct cpu_stat {
    std::uint64_t usage_us = 0;
    std::uint64_t throttled = 0;     ///< periods at whose end the group had to wait
    std::uint64_t throttled_us = 0;  ///< for so long in all
    friend bool operator==(const cpu_stat&, const cpu_stat&) = default;
};
/// nullopt without usage_usec; the others are missing where the controller is not enabled.
std::optional<cpu_stat> parse_cpu_stat(std::string_view text);

}  // namespace meshhost::usage::proto
