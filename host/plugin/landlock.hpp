// SPDX-License-Identifier: Apache-2.0
#pragma once
// The kernel's Landlock (its userspace-api/landlock), whose system calls glibc does not wrap. The
// numbers are those of linux/landlock.h; headers of Linux 6.1 know the first two versions only.
#include "base/unique_fd.hpp"

#include <cstdint>
#include <string>

namespace meshhost::plugin::landlock {

/// What a rule for a path can allow.
enum : std::uint64_t {
    fs_execute = 1u << 0,
    fs_write_file = 1u << 1,
    fs_read_file = 1u << 2,
    fs_read_dir = 1u << 3,
    fs_truncate = 1u << 14,
    fs_ioctl_dev = 1u << 15,
};

/// 0: this kernel has none.
int version() noexcept;

/// All that `version` can deny about files.
std::uint64_t all_of_files(int version) noexcept;

struct scope {
    std::uint64_t files = 0;    ///< denied unless a rule allows it
    std::uint64_t net = 0;      ///< the same
    std::uint64_t signals = 0;  ///< and abstract sockets, of processes outside
};
inline constexpr std::uint64_t net_bind_tcp = 1u << 0;     ///< from version 4 on
inline constexpr std::uint64_t net_connect_tcp = 1u << 1;  ///< from version 4 on
inline constexpr std::uint64_t scope_all = 3;              ///< from version 6 on

/// Without a descriptor, errno says why.
unique_fd make_rules(const scope& denied) noexcept;

/// `rights` for `path` and all below it; of a file, those of them that a file can have. A path that
/// is not there has no rule. False: errno says why.
bool allow(const unique_fd& rules, const std::string& path, std::uint64_t rights) noexcept;

/// Needs PR_SET_NO_NEW_PRIVS. False: errno says why.
bool enter(const unique_fd& rules) noexcept;

}  // namespace meshhost::plugin::landlock
