// SPDX-License-Identifier: Apache-2.0
#include "ctl/live_session.hpp"

#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>
#include <utility>

namespace meshhost::ctl {

namespace {

sigset_t signals_of_interest() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGWINCH})
        sigaddset(&set, signal);
    return set;
}

unique_fd make_beats(duration every) {
    unique_fd timer(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    const timespec each{every / 1s, (every % 1s) / 1ns};
    const itimerspec setting{each, each};
    if (timer && ::timerfd_settime(timer.get(), 0, &setting, nullptr) != 0) return unique_fd();
    return timer;
}

failure no_descriptor() {
    return {
        exit_code::failure,
        "E_SIGNALS",
        "cannot watch for signals: " + std::string(std::strerror(errno)),
        ""};
}

}  // namespace

outcome<live_session> live_session::open(duration beat, bool wants_keys) {
    live_session session;
    session.all_ = unique_fd(::epoll_create1(EPOLL_CLOEXEC));
    const auto wanted = signals_of_interest();
    session.signals_ = unique_fd(::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!session.all_ || !session.watch(session.signals_.get())) return no_descriptor();
    if (beat > duration::zero()) {
        session.beats_ = make_beats(beat);
        if (!session.watch(session.beats_.get())) return no_descriptor();
    }
    session.has_signals_ = ::pthread_sigmask(SIG_BLOCK, &wanted, &session.blocked_before_) == 0;
    if (wants_keys) session.read_keys();
    return session;
}

live_session::live_session(live_session&& from) noexcept
    : all_(std::move(from.all_))
    , signals_(std::move(from.signals_))
    , beats_(std::move(from.beats_))
    , blocked_before_(from.blocked_before_)
    , terminal_before_(from.terminal_before_)
    , has_signals_(std::exchange(from.has_signals_, false))
    , has_terminal_(std::exchange(from.has_terminal_, false)) {}

live_session::~live_session() {
    if (has_terminal_) ::tcsetattr(STDIN_FILENO, TCSANOW, &terminal_before_);
    if (!has_signals_) return;
    signalfd_siginfo info{};
    while (::read(signals_.get(), &info, sizeof info) > 0) {
        // those that still wait would kill us once they are let through
    }
    ::pthread_sigmask(SIG_SETMASK, &blocked_before_, nullptr);
}

bool live_session::watch(int descriptor) {
    epoll_event interest{};
    interest.events = EPOLLIN;
    interest.data.fd = descriptor;
    return ::epoll_ctl(all_.get(), EPOLL_CTL_ADD, descriptor, &interest) == 0;
}

/// Ctrl-Z is switched off with the rest: a stopped command would leave the shell in this mode.
void live_session::read_keys() {
    if (::tcgetattr(STDIN_FILENO, &terminal_before_) != 0 || !watch(STDIN_FILENO)) return;
    termios raw = terminal_before_;
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    raw.c_cc[VSUSP] = _POSIX_VDISABLE;
    has_terminal_ = ::tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
}

live_input live_session::take() {
    epoll_event event{};
    if (::epoll_wait(all_.get(), &event, 1, 0) != 1) return {};
    if (event.data.fd == signals_.get()) {
        signalfd_siginfo info{};
        if (::read(signals_.get(), &info, sizeof info) != sizeof info) return {};
        return {info.ssi_signo == SIGWINCH ? live_news::resized : live_news::interrupted};
    }
    if (event.data.fd == STDIN_FILENO) {
        char key = 0;
        if (::read(STDIN_FILENO, &key, 1) == 1) return {live_news::key, key};
        return {live_news::interrupted};  // the terminal has gone
    }
    std::uint64_t missed = 0;
    if (::read(beats_.get(), &missed, sizeof missed) != sizeof missed) return {};
    return {live_news::beat};
}

bool live_session::sleep(duration time) {
    using clock = std::chrono::steady_clock;
    const auto end = clock::now() + time;
    for (;;) {
        if (take().kind == live_news::interrupted) return false;
        const auto rest = std::chrono::ceil<std::chrono::milliseconds>(end - clock::now());
        if (rest <= 0ms) return true;
        epoll_event event{};
        ::epoll_wait(all_.get(), &event, 1, static_cast<int>(rest.count()));
    }
}

window_size current_window() {
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0)
        return {};
    return {size.ws_col, size.ws_row};
}

}  // namespace meshhost::ctl
