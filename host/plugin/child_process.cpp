// SPDX-License-Identifier: Apache-2.0
#include "plugin/child_process.hpp"

#include "plugin/strand_clock.hpp"

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <poll.h>
#include <string_view>
#include <vector>

namespace meshhost::plugin {

namespace {

constexpr std::array<std::string_view, 8> kept_variables{
    "PATH=",
    "LANG=",
    "LC_ALL=",
    "TZ=",
    "LD_LIBRARY_PATH=",
    "ASAN_OPTIONS=",  // of builds that check themselves
    "TSAN_OPTIONS=",
    "UBSAN_OPTIONS=",
};

/// Of the host's environment, where an operator may have put secrets.
std::vector<char*> frugal_environment() {
    std::vector<char*> kept;
    for (char** each = environ; *each != nullptr; ++each) {
        const bool is_kept =
            std::any_of(kept_variables.begin(), kept_variables.end(), [&](std::string_view name) {
                return std::string_view(*each).starts_with(name);
            });
        if (is_kept) kept.push_back(*each);
    }
    kept.push_back(nullptr);
    return kept;
}

}  // namespace

child_process::~child_process() {
    if (id_ == 0) return;
    kill();
    reap(death_limit);
}

int child_process::spawn(const child_command& command, const spawn_actions& actions) {
    std::string name = command.executable;
    std::string option = command.option;
    std::string path = command.path;
    const std::array<char*, 4> arguments{name.data(), option.data(), path.data(), nullptr};
    const std::vector<char*> frugal = frugal_environment();
    posix_spawnattr_t how;
    ::posix_spawnattr_init(&how);
    ::posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSID);
    const int error = ::posix_spawn(
        &id_,
        name.c_str(),
        actions.get(),
        &how,
        arguments.data(),
        command.is_frugal ? frugal.data() : environ
    );
    ::posix_spawnattr_destroy(&how);
    if (error != 0) {
        id_ = 0;
        return error;
    }
    death_ = unique_fd(static_cast<int>(::syscall(SYS_pidfd_open, id_, 0)));
    if (death_) return 0;
    const int lack = errno;
    kill();
    ::waitpid(id_, nullptr, 0);
    id_ = 0;
    return lack;
}

void child_process::kill() noexcept {
    if (id_ == 0) return;
    ::kill(-id_, SIGKILL);  // nobody else's: its number is not free while it is not reaped
    ::kill(id_, SIGKILL);
}

std::optional<int> child_process::reap(duration limit) {
    if (id_ == 0 || !dies_within(limit)) return std::nullopt;
    ::kill(-id_, SIGKILL);  // while its number is not free
    int status = 0;
    if (::waitpid(id_, &status, WNOHANG) != id_) return std::nullopt;
    id_ = 0;
    death_ = unique_fd();
    return status;
}

bool child_process::dies_within(duration limit) const {
    const time_point deadline = strand_now() + limit;
    while (true) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - strand_now());
        pollfd waited{death_.get(), POLLIN, 0};
        const auto wait_ms = std::max<std::int64_t>(left.count(), 0);
        const int ready = ::poll(&waited, 1, static_cast<int>(wait_ms));
        if (ready >= 0 || errno != EINTR) return ready > 0;
    }
}

}  // namespace meshhost::plugin
