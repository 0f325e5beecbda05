// SPDX-License-Identifier: Apache-2.0
#include "ctl/live_session.hpp"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>
#include <termios.h>
#include <utility>

namespace meshhost::ctl {

namespace {

// What a signal's handler can reach: of the one session that there is.
int catcher = -1;
volatile std::sig_atomic_t is_stop_untaken = 0;
volatile std::sig_atomic_t is_terminal_changed = 0;
termios terminal_before{};

constexpr char letter_stop = 's';
constexpr char letter_resize = 'w';

/// Only what a handler may call (signal-safety(7)).
void on_signal(int signal) {
    const int error = errno;
    const bool is_stop = signal != SIGWINCH;
    if (is_stop && is_stop_untaken != 0) {
        if (is_terminal_changed != 0) ::tcsetattr(STDIN_FILENO, TCSANOW, &terminal_before);
        ::_exit(static_cast<int>(exit_code::interrupted));
    }
    if (is_stop) is_stop_untaken = 1;
    const char letter = is_stop ? letter_stop : letter_resize;
    [[maybe_unused]] const auto written = ::write(catcher, &letter, 1);
    errno = error;
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
    int ends[2];
    if (!session.all_ || ::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return no_descriptor();
    session.caught_ = unique_fd(ends[0]);
    session.catcher_ = unique_fd(ends[1]);
    if (!session.watch(session.caught_.get())) return no_descriptor();
    if (beat > duration::zero()) {
        session.beats_ = make_beats(beat);
        if (!session.watch(session.beats_.get())) return no_descriptor();
    }
    session.catch_signals();
    if (wants_keys) session.read_keys();
    return session;
}

live_session::live_session(live_session&& from) noexcept
    : all_(std::move(from.all_))
    , caught_(std::move(from.caught_))
    , catcher_(std::move(from.catcher_))
    , beats_(std::move(from.beats_))
    , before_(from.before_)
    , has_signals_(std::exchange(from.has_signals_, false))
    , has_terminal_(std::exchange(from.has_terminal_, false)) {}

live_session::~live_session() {
    if (has_terminal_) ::tcsetattr(STDIN_FILENO, TCSANOW, &terminal_before);
    if (has_terminal_) is_terminal_changed = 0;
    if (!has_signals_) return;
    for (std::size_t i = 0; i < signals.size(); ++i)
        ::sigaction(signals[i], &before_[i], nullptr);
    is_stop_untaken = 0;
}

void live_session::catch_signals() {
    catcher = catcher_.get();
    struct sigaction ours {};
    ours.sa_handler = on_signal;
    ours.sa_flags = SA_RESTART;
    for (std::size_t i = 0; i < signals.size(); ++i) {
        ::sigaction(signals[i], nullptr, &before_[i]);
        if (before_[i].sa_handler != SIG_IGN) ::sigaction(signals[i], &ours, nullptr);
    }
    has_signals_ = true;
}

bool live_session::watch(int descriptor) {
    epoll_event interest{};
    interest.events = EPOLLIN;
    interest.data.fd = descriptor;
    return ::epoll_ctl(all_.get(), EPOLL_CTL_ADD, descriptor, &interest) == 0;
}

/// Ctrl-Z is switched off with the rest: a stopped command would leave the shell in this mode.
void live_session::read_keys() {
    if (::tcgetattr(STDIN_FILENO, &terminal_before) != 0 || !watch(STDIN_FILENO)) return;
    termios raw = terminal_before;
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    raw.c_cc[VSUSP] = _POSIX_VDISABLE;
    has_terminal_ = ::tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
    is_terminal_changed = has_terminal_ ? 1 : 0;
}

live_input live_session::take() {
    epoll_event event{};
    if (::epoll_wait(all_.get(), &event, 1, 0) != 1) return {};
    if (event.data.fd == caught_.get()) {
        char letter = 0;
        if (::read(caught_.get(), &letter, 1) != 1) return {};
        if (letter == letter_resize) return {live_news::resized};
        is_stop_untaken = 0;
        return {live_news::interrupted};
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
