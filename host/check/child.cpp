// SPDX-License-Identifier: Apache-2.0
#include "check/child.hpp"

#include "base/signal_name.hpp"
#include "base/unique_fd.hpp"
#include "plugin/plugin_fault.hpp"

#include <spdlog/fmt/fmt.h>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <poll.h>
#include <spawn.h>

namespace meshhost::check {

namespace {

using clock = std::chrono::steady_clock;

constexpr std::size_t output_max = 1u << 20;
constexpr std::size_t fact_max = 64u << 10;  // a description is one

void say(char mark, std::string_view text) {
    const std::string line = fmt::format("{}{}\n", mark, text);
    std::string_view rest = line;
    while (!rest.empty()) {
        const auto written = ::write(child_report_fd, rest.data(), rest.size());
        if (written <= 0) return;
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
}

/// false: the limit came first.
bool read_until(int pipe, clock::time_point deadline, std::string& into) {
    for (;;) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now()).count();
        if (left <= 0) return false;
        pollfd waited{pipe, POLLIN, 0};
        const int ready = ::poll(&waited, 1, static_cast<int>(left));
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) return false;
        std::array<char, 4096> buffer;
        const auto size = ::read(pipe, buffer.data(), buffer.size());
        if (size <= 0) return true;
        if (into.size() < output_max) into.append(buffer.data(), std::size_t(size));
    }
}

void read_lines(std::string_view text, trial_outcome& into) {
    for (auto end = text.find('\n'); end != text.npos; end = text.find('\n')) {
        std::string_view line = text.substr(0, end);
        text.remove_prefix(end + 1);
        if (line.empty()) continue;
        const char mark = line.front();
        line.remove_prefix(1);
        if (mark == 'S') into.step = line;
        if (mark == 'F') into.findings.push_back(read_finding_line(line));
        if (mark == 'D') into.is_done = true;
        if (mark != 'I') continue;
        const auto tab = std::min(line.find('\t'), line.size());
        const auto value = line.substr(std::min(tab + 1, line.size()));
        into.facts.emplace_back(line.substr(0, tab), value);
    }
}

/// 0 when it cannot be started.
pid_t start(const trial& what, int report_fd) {
    posix_spawn_file_actions_t actions{};
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, report_fd, child_report_fd);
    ::posix_spawn_file_actions_addclosefrom_np(&actions, child_report_fd + 1);
    const std::string seed = std::to_string(what.seed);
    std::array<const char*, 7> words{
        "meshhost",
        "--check-child",
        what.name.c_str(),
        what.path.c_str(),
        what.role.c_str(),
        seed.c_str(),
        nullptr};
    pid_t child = 0;
    const int failed = ::posix_spawn(
        &child,
        "/proc/self/exe",
        &actions,
        nullptr,
        const_cast<char* const*>(words.data()),
        environ
    );
    ::posix_spawn_file_actions_destroy(&actions);
    return failed == 0 ? child : 0;
}

std::string ending_of(pid_t child) {
    ::kill(child, SIGKILL);  // changes nothing for one that has ended
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFSIGNALED(status)) return signal_name(WTERMSIG(status));
    return fmt::format("exit status {}", WEXITSTATUS(status));
}

}  // namespace

std::vector<std::string> trial_outcome::all(std::string_view fact) const {
    std::vector<std::string> values;
    for (const auto& [name, value] : facts)
        if (name == fact) values.push_back(value);
    return values;
}

trial_outcome run(const trial& what) {
    trial_outcome outcome;
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        outcome.ending = "no pipe";
        return outcome;
    }
    const unique_fd reading(ends[0]);
    // Above the child's own, so that dup2 does make it stay open.
    unique_fd writing(::fcntl(ends[1], F_DUPFD_CLOEXEC, child_report_fd + 1));
    ::close(ends[1]);
    const pid_t child = start(what, writing.get());
    writing = unique_fd();
    if (child == 0) {
        outcome.ending = "no process";
        return outcome;
    }
    std::string said;
    outcome.was_in_time = read_until(reading.get(), clock::now() + what.limit, said);
    outcome.ending = ending_of(child);
    read_lines(said, outcome);
    return outcome;
}

void say_step(std::string_view step) {
    say('S', step);
}

void say_fact(std::string_view name, std::string_view what) {
    say('I', fmt::format("{}\t{}", name, plugin::one_line(what, fact_max)));
}

void say_finding(const finding& what) {
    std::string line = finding_line(what);
    line.pop_back();
    say('F', line);
}

void say_done() {
    say('D', "");
}

void make_expendable() {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT})
        ::signal(fault, SIG_DFL);
    ::fcntl(child_report_fd, F_SETFD, FD_CLOEXEC);
    const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere >= 0) ::dup2(nowhere, STDOUT_FILENO);
}

}  // namespace meshhost::check
