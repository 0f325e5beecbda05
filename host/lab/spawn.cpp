// SPDX-License-Identifier: Apache-2.0
#include "lab/spawn.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>

namespace meshhost::lab {
namespace {

error_code last_error() {
    return {errno, boost::system::system_category()};
}

/// What a host would take for settings of its own, or for a service manager's.
bool is_for_a_host(std::string_view variable) {
    for (const std::string_view prefix :
         {"MESHHOST_", "NOTIFY_SOCKET=", "STATE_DIRECTORY=", "RUNTIME_DIRECTORY=", "WATCHDOG_"})
        if (variable.starts_with(prefix)) return true;
    return false;
}

std::vector<char*> clean_environment() {
    std::vector<char*> kept;
    for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry)
        if (!is_for_a_host(*entry)) kept.push_back(*entry);
    kept.push_back(nullptr);
    return kept;
}

/// All that the child needs, made before the fork: after it, only calls that are safe there.
struct child_plan {
    std::vector<std::string> words;
    std::vector<char*> argv;
    std::vector<char*> environment;
    unique_fd input;
    unique_fd log;
    pid_t parent = 0;
};

[[noreturn]] void become(const child_plan& plan, const char* directory, int output) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != plan.parent) ::_exit(127);  // it ended before that was said
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD})
        ::signal(signal, SIG_DFL);
    const bool is_ready = ::chdir(directory) == 0 && ::dup2(plan.input.get(), 0) == 0
                          && ::dup2(output, 1) == 1 && ::dup2(plan.log.get(), 2) == 2;
    if (is_ready) {
        ::close_range(3, ~0U, 0);
        ::execve(plan.argv.front(), plan.argv.data(), plan.environment.data());
    }
    ::_exit(127);
}

}  // namespace

result<child_process> spawn(const spawn_request& asked) {
    child_plan plan;
    plan.words.push_back(asked.program.string());
    plan.words.insert(plan.words.end(), asked.arguments.begin(), asked.arguments.end());
    for (std::string& word : plan.words)
        plan.argv.push_back(word.data());
    plan.argv.push_back(nullptr);
    plan.environment = clean_environment();
    plan.input = unique_fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    plan.log =
        unique_fd(::open(asked.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    plan.parent = ::getpid();
    if (!plan.input || !plan.log) return last_error();
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return last_error();
    unique_fd reading(ends[0]);
    const unique_fd writing(ends[1]);
    ::fcntl(reading.get(), F_SETFL, O_NONBLOCK);

    const std::string directory = asked.directory.string();
    const pid_t pid = ::fork();
    if (pid < 0) return last_error();
    if (pid == 0) become(plan, directory.c_str(), writing.get());
    // It cannot be gone altogether before somebody waits for it, so it has a start time.
    return child_process{name_process(pid).value_or(process_name{pid, 0}), std::move(reading)};
}

}  // namespace meshhost::lab
