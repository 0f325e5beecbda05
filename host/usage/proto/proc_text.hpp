// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the kernel says of a process in /proc (proc(5)), text in, numbers out. Text that is short,
// absent or not of that form is no reading, never a wrong one.
#include <cstdint>
#include <optional>
#include <string_view>

namespace meshhost::usage::proto {

/// Of /proc/PID/stat, what is used here.
struct process_stat {
    std::uint64_t user_ticks = 0;
    std::uint64_t system_ticks = 0;
    std::uint64_t threads = 0;
    friend bool operator==(const process_stat&, const process_stat&) = default;
};

/// The process's name is in parentheses and may hold anything, parentheses and line breaks too.
std::optional<process_stat> parse_process_stat(std::string_view text);

/// Of /proc/PID/statm: resident pages.
std::optional<std::uint64_t> parse_resident_pages(std::string_view text);

}  // namespace meshhost::usage::proto
