// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a role in a process of its own may use of its machine.
#include <cstdint>

namespace meshhost::plugin::proto {

struct process_limits {
    std::uint32_t cpu_millicores = 0;  ///< thousandths of a core; 0: no limit
    std::uint64_t memory_bytes = 0;    ///< of the role, without the host's own code; 0: no limit
    friend bool operator==(const process_limits&, const process_limits&) = default;
};

/// The operator has the last word, where there is one.
constexpr process_limits choose_limits(process_limits declared, process_limits wanted) noexcept {
    return {
        wanted.cpu_millicores != 0 ? wanted.cpu_millicores : declared.cpu_millicores,
        wanted.memory_bytes != 0 ? wanted.memory_bytes : declared.memory_bytes};
}

/// What the host's code, thread stacks and the allocator's arenas take beside the role.
inline constexpr std::uint64_t own_memory_bytes = std::uint64_t{96} << 20;

}  // namespace meshhost::plugin::proto
