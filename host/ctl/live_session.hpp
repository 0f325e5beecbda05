// SPDX-License-Identifier: Apache-2.0
#pragma once
// What happens beside the answers while a command goes on until it is told to stop: Ctrl-C, a key,
// another size of the window, the next beat. Signals become something to read, so that they
// arrive between two lines and never within one.
#include "base/error.hpp"
#include "base/time.hpp"
#include "base/unique_fd.hpp"

#include <csignal>
#include <cstdint>
#include <termios.h>

namespace meshhost::ctl {

enum class live_news : std::uint8_t { none, interrupted, resized, key, beat };

struct live_input {
    live_news kind = live_news::none;
    char key = 0;
};

struct window_size {
    std::size_t columns = 80;
    std::size_t rows = 24;
};

/// One at a time in a process, and one thread: SIGINT, SIGTERM, SIGHUP and SIGWINCH come here as
/// long as it lives, those excepted that were ignored. After that the terminal is as it was. Who
/// asks to stop a second time before the first was noticed, because nobody reads what is printed,
/// is not kept waiting: the process ends at once, with 130.
class live_session {
public:
    /// `beat` is the time between two beats, zero for none. Keys are read, unseen and without
    /// waiting for Enter, when they are wanted and standard input is a terminal.
    /// Errors: E_SIGNALS when the kernel has no descriptor left.
    static outcome<live_session> open(duration beat, bool wants_keys);

    live_session(live_session&&) noexcept;
    live_session& operator=(live_session&&) = delete;
    ~live_session();

    /// Readable when take() has something.
    int descriptor() const noexcept { return all_.get(); }
    /// What came first; never waits.
    live_input take();
    /// Waits for the end of `time`; false when it was interrupted before.
    bool sleep(duration time);

private:
    live_session() = default;

    bool watch(int descriptor);
    void read_keys();

    static constexpr std::array<int, 4> signals{SIGINT, SIGTERM, SIGHUP, SIGWINCH};

    void catch_signals();

    unique_fd all_;
    unique_fd caught_;   ///< a letter for each signal
    unique_fd catcher_;  ///< where the letters are written
    unique_fd beats_;
    std::array<struct sigaction, signals.size()> before_{};
    bool has_signals_ = false;
    bool has_terminal_ = false;
};

/// Of the terminal at standard output.
window_size current_window();

}  // namespace meshhost::ctl
