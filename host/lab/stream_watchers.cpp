// SPDX-License-Identifier: Apache-2.0
#include "lab/stream_watchers.hpp"

#include "base/unique_fd.hpp"

#include <fmt/format.h>

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <array>
#include <csignal>
#include <cstring>
#include <poll.h>

namespace meshhost::lab {
namespace {

constexpr int answer_wait_ms = 5000;

outcome<unique_fd> open_stream(const watched_stream& stream) {
    const auto fault = [&](const char* code, std::string why) {
        return failure{
            exit_code::failure,
            code,
            fmt::format("cannot watch {} at {}: {}", stream.path, stream.socket.string(), why),
            ""};
    };
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, stream.socket.c_str(), sizeof address.sun_path - 1);
    unique_fd file(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto* to = reinterpret_cast<const sockaddr*>(&address);
    if (!file || ::connect(file.get(), to, sizeof address) != 0)
        return fault("E_NO_DAEMON", std::strerror(errno));
    const auto request = fmt::format("GET {} HTTP/1.1\r\nHost: localhost\r\n\r\n", stream.path);
    ::send(file.get(), request.data(), request.size(), MSG_NOSIGNAL);
    pollfd wait{file.get(), POLLIN, 0};
    std::array<char, 12> head{};
    if (::poll(&wait, 1, answer_wait_ms) != 1
        || ::recv(file.get(), head.data(), head.size(), 0) != ssize_t{head.size()}
        || std::string_view(head.data(), head.size()) != "HTTP/1.1 200")
        return fault("E_BAD_ANSWER", std::string(head.data(), head.size()));
    return file;
}

[[noreturn]] void drain(const std::vector<unique_fd>& files, pid_t parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(0);
    for (const int signal : {SIGINT, SIGHUP})
        ::signal(signal, SIG_IGN);  // Ctrl-C is the parent's to handle
    std::vector<pollfd> waits;
    for (const auto& file : files)
        waits.push_back({file.get(), POLLIN, 0});
    std::vector<char> bin(256 << 10);
    while (::poll(waits.data(), waits.size(), -1) >= 0) {
        for (auto& wait : waits)
            if (wait.revents != 0 && ::recv(wait.fd, bin.data(), bin.size(), 0) <= 0) wait.fd = -1;
    }
    ::_exit(0);
}

}  // namespace

outcome<stream_watchers> stream_watchers::start(const std::vector<watched_stream>& streams) {
    std::vector<unique_fd> files;
    for (const auto& stream : streams) {
        auto file = open_stream(stream);
        if (!file) return file.error();
        files.push_back(std::move(*file));
    }
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0) return failure{exit_code::failure, "E_LAB_START", std::strerror(errno), ""};
    if (pid == 0) drain(files, parent);
    return stream_watchers(name_process(pid).value_or(process_name{pid, 0}));
}

stream_watchers::~stream_watchers() {
    if (process_.pid == 0) return;
    static_cast<void>(send_signal(process_, SIGKILL));
    ::waitpid(static_cast<pid_t>(process_.pid), nullptr, 0);
}

}  // namespace meshhost::lab
