// SPDX-License-Identifier: Apache-2.0
#include "plugin/landlock.hpp"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace meshhost::plugin::landlock {

namespace {

constexpr std::uint64_t of_a_file =
    fs_execute | fs_write_file | fs_read_file | fs_truncate | fs_ioctl_dev;

/// As struct landlock_ruleset_attr became with version 6; older kernels take it while the fields
/// that they do not know are 0.
struct ruleset_attr {
    std::uint64_t handled_access_fs;
    std::uint64_t handled_access_net;
    std::uint64_t scoped;
};

}  // namespace

int version() noexcept {
    const long found = ::syscall(
        SYS_landlock_create_ruleset,
        nullptr,
        std::size_t{0},
        LANDLOCK_CREATE_RULESET_VERSION
    );
    return std::max(static_cast<int>(found), 0);
}

std::uint64_t all_of_files(int version) noexcept {
    if (version >= 5) return (1u << 16) - 1;
    if (version >= 3) return (1u << 15) - 1;
    return version == 2 ? (1u << 14) - 1 : (1u << 13) - 1;
}

unique_fd make_rules(const scope& denied) noexcept {
    const ruleset_attr attr{denied.files, denied.net, denied.signals};
    return unique_fd(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0u)
    ));
}

bool allow(const unique_fd& rules, const std::string& path, std::uint64_t rights) noexcept {
    const unique_fd at(::open(path.c_str(), O_PATH | O_CLOEXEC));
    struct stat found {};
    if (!at || ::fstat(at.get(), &found) != 0)
        return errno == ENOENT || errno == EACCES || errno == ENOTDIR;
    landlock_path_beneath_attr rule{};
    rule.allowed_access = S_ISDIR(found.st_mode) ? rights : rights & of_a_file;
    rule.parent_fd = at.get();
    return ::syscall(SYS_landlock_add_rule, rules.get(), LANDLOCK_RULE_PATH_BENEATH, &rule, 0u)
           == 0;
}

bool enter(const unique_fd& rules) noexcept {
    return ::syscall(SYS_landlock_restrict_self, rules.get(), 0u) == 0;
}

}  // namespace meshhost::plugin::landlock
