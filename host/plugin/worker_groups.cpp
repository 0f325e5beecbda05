// SPDX-License-Identifier: Apache-2.0
#include "plugin/worker_groups.hpp"

#include "base/unique_fd.hpp"
#include "usage/proto/cgroup_text.hpp"

#include <spdlog/fmt/fmt.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <string_view>
#include <system_error>
#include <utility>

namespace meshhost::plugin {

namespace {

constexpr int period_us = 100'000;
constexpr int processes_max = 256;

std::string why(int error) {
    return std::generic_category().message(error);
}

/// The kernel takes each of these files in one write. False: errno says why.
bool put(const std::filesystem::path& file, std::string_view text) {
    const unique_fd to(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
    return to && ::write(to.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

std::string read(const std::filesystem::path& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

bool make_directory(const std::filesystem::path& path) {
    return ::mkdir(path.c_str(), 0755) == 0 || errno == EEXIST;
}

/// The group of the process whose /proc is `proc`; empty without version 2.
std::filesystem::path own_group(
    const std::filesystem::path& proc,
    const std::filesystem::path& cgroups
) {
    const auto path = usage::proto::parse_cgroup_path(read(proc / "cgroup"));
    if (!path || !std::filesystem::exists(cgroups / "cgroup.procs")) return {};
    return cgroups / std::filesystem::path(*path).relative_path();
}

/// systemd marks what it has handed over, from version 251 on for units without privileges, too.
bool is_delegated(const std::filesystem::path& group) {
    for (const char* const mark : {"user.delegate", "trusted.delegate"}) {
        char value = 0;
        if (::getxattr(group.c_str(), mark, &value, 1) == 1 && value == '1') return true;
    }
    return false;
}

}  // namespace

worker_groups::worker_groups(
    std::filesystem::path where,
    std::filesystem::path proc,
    std::filesystem::path cgroups
)
    : where_(std::move(where)) {
    if (!where_.empty()) return;
    const auto own = own_group(proc, cgroups);
    if (own.empty()) {
        why_not_ = "this machine has no control groups of version 2";
    } else if (!is_delegated(own)) {
        why_not_ = fmt::format("{} is not handed over to the host (Delegate=yes)", own.string());
    } else {
        where_ = own;
        is_own_ = true;
    }
}

bool worker_groups::refuse(std::string reason) {
    why_not_ = std::move(reason);
    where_.clear();
    return false;
}

/// A group that has groups with controllers below it cannot have processes of its own.
bool worker_groups::prepare() {
    if (is_prepared_) return true;
    if (is_own_) {
        const auto host = where_ / "host";
        if (!make_directory(host) || !enter_group(host))
            return refuse(fmt::format("the host cannot move to {}: {}", host.string(), why(errno)));
    }
    const auto control = where_ / "cgroup.subtree_control";
    for (const char* const each : {"+cpu", "+memory", "+pids"}) {
        // What the service manager keeps is missed where it would be used.
        if (!put(control, each) && errno != ENOENT)
            return refuse(fmt::format("{}: {}", control.string(), why(errno)));
    }
    is_prepared_ = true;
    return true;
}

std::optional<std::filesystem::path> worker_groups::make(
    const std::string& instance,
    const proto::process_limits& limits
) {
    if (where_.empty() || !prepare()) return std::nullopt;
    const auto group = where_ / ("role-" + instance);
    const auto fail = [&](const char* file) {
        why_not_ = fmt::format("{}: {}", (group / file).string(), why(errno));
        ::rmdir(group.c_str());
        return std::nullopt;
    };
    if (!make_directory(group)) return fail("");
    const std::string cpu =
        limits.cpu_millicores == 0
            ? "max"
            : fmt::format("{} {}", limits.cpu_millicores * (period_us / 1000), period_us);
    const std::string memory =
        limits.memory_bytes == 0 ? "max"
                                 : fmt::format("{}", limits.memory_bytes + proto::own_memory_bytes);
    if (!put(group / "cpu.max", cpu)) return fail("cpu.max");
    if (!put(group / "memory.max", memory)) return fail("memory.max");
    if (!put(group / "pids.max", std::to_string(processes_max))) return fail("pids.max");
    return group;
}

bool enter_group(const std::filesystem::path& group) {
    return put(group / "cgroup.procs", "0");
}

void remove_group(const std::filesystem::path& group) {
    put(group / "cgroup.kill", "1");
    ::rmdir(group.c_str());
}

}  // namespace meshhost::plugin
