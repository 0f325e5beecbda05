// SPDX-License-Identifier: Apache-2.0
#pragma once
// Reads what this process uses and what its control group allows. Thin: the texts are understood
// in proto/. Files that are read again and again stay open.
#include "base/time.hpp"
#include "base/unique_fd.hpp"
#include "usage/proto/budget.hpp"
#include "usage/proto/cgroup_text.hpp"

#include <filesystem>
#include <optional>

namespace meshhost::usage {

/// CPU time of the whole process so far: one system call, in nanoseconds, where /proc has ticks of
/// ten milliseconds and walks every thread for them.
duration cpu_spent();

/// What the machine has: cores, as thousandths, and memory. 0 where it does not say.
proto::limits machine_limits();

/// One thread.
class process_meter {
public:
    /// `proc` and `cgroups` are elsewhere in tests.
    explicit process_meter(
        const std::filesystem::path& proc = "/proc/self",
        const std::filesystem::path& cgroups = "/sys/fs/cgroup"
    );

    // 0 where the kernel does not say.
    std::uint64_t resident_bytes() const;
    std::uint32_t descriptors() const;
    std::uint32_t threads() const;

    /// The tightest of the process's group and the groups around it. Limits change while we run:
    /// reads anew each time.
    proto::limits cgroup_limits() const;
    std::optional<proto::cpu_stat> cgroup_cpu() const;

private:
    std::filesystem::path proc_;
    std::filesystem::path root_;   ///< of the version 2 hierarchy
    std::filesystem::path group_;  ///< the process's directory in it; empty: there is none
    unique_fd statm_;
    unique_fd stat_;
    std::uint64_t page_bytes_;
};

}  // namespace meshhost::usage
