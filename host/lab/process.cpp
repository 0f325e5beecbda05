// SPDX-License-Identifier: Apache-2.0
#include "lab/process.hpp"

#include "base/unique_fd.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <poll.h>
#include <sstream>
#include <string>
#include <string_view>

namespace meshhost::lab {
namespace {

struct stat_line {
    char state = 'X';
    std::uint64_t started = 0;
};

/// /proc/PID/stat (proc(5)). The name in it may hold anything, but ends with the last ')'.
std::optional<stat_line> read_stat(std::int64_t pid) {
    const auto path = "/proc/" + std::to_string(pid) + "/stat";
    const unique_fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return std::nullopt;
    std::array<char, 1024> text{};
    const auto size = ::read(file.get(), text.data(), text.size());
    if (size <= 0) return std::nullopt;
    const std::string_view line(text.data(), static_cast<std::size_t>(size));
    const auto name_end = line.rfind(')');
    if (name_end == std::string_view::npos) return std::nullopt;
    std::istringstream fields{std::string(line.substr(name_end + 1))};
    stat_line out;
    fields >> out.state;
    std::string skipped;
    constexpr int started_field = 22;
    for (int field = 4; field < started_field; ++field)
        fields >> skipped;
    fields >> out.started;
    if (!fields) return std::nullopt;
    return out;
}

/// A descriptor that keeps the number from being given to another (pidfd_open(2)). The header of
/// glibc 2.36 for it is for C only.
unique_fd hold(std::int64_t pid) {
    return unique_fd(static_cast<int>(::syscall(SYS_pidfd_open, static_cast<pid_t>(pid), 0)));
}

bool is_gone(char state) {
    return state == 'Z' || state == 'X' || state == 'x';
}

}  // namespace

std::optional<process_name> name_process(std::int64_t pid) {
    const auto line = read_stat(pid);
    if (!line) return std::nullopt;
    return process_name{pid, line->started};
}

process_state state_of(const process_name& process) {
    if (process.pid <= 0) return process_state::gone;
    const auto line = read_stat(process.pid);
    if (!line || line->started != process.started || is_gone(line->state))
        return process_state::gone;
    return line->state == 'T' || line->state == 't' ? process_state::paused
                                                    : process_state::running;
}

outcome<bool> send_signal(const process_name& process, int signal) {
    if (process.pid <= 0) return false;
    const unique_fd held = hold(process.pid);
    if (!held) return false;
    // What the descriptor holds now keeps its number, so this look tells whose it is.
    if (state_of(process) == process_state::gone) return false;
    if (::syscall(SYS_pidfd_send_signal, held.get(), signal, nullptr, 0) == 0) return true;
    if (errno == ESRCH) return false;
    return failure{
        exit_code::not_permitted,
        "E_SIGNAL",
        fmt::format("cannot signal process {}: {}", process.pid, std::strerror(errno)),
        "run as the user that made the lab"};
}

bool wait_until_gone(const process_name& process, duration patience) {
    const auto deadline = monotonic_now() + patience;
    const unique_fd held = hold(process.pid);
    while (state_of(process) != process_state::gone) {
        const auto left = deadline - monotonic_now();
        if (!held || left <= duration::zero()) return false;
        pollfd wait{held.get(), POLLIN, 0};
        const auto ms = std::chrono::ceil<std::chrono::milliseconds>(left).count();
        ::poll(&wait, 1, static_cast<int>(std::min<decltype(ms)>(ms, 1000)));
    }
    return true;
}

time_point monotonic_now() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return time_point(std::chrono::seconds(now.tv_sec) + duration(now.tv_nsec));
}

}  // namespace meshhost::lab
