// SPDX-License-Identifier: Apache-2.0
#pragma once
// The process's signals as calls on the shard's thread.
#include "base/error.hpp"

#include <cstdint>
#include <memory>

namespace meshhost::net {

class shard;

enum class signal_kind : std::uint8_t {
    terminate,  ///< SIGTERM
    interrupt,  ///< SIGINT
    hangup,     ///< SIGHUP
    user1,      ///< SIGUSR1
};

class signal_sink {
public:
    /// Never from inside the signal's interruption. May destroy the watch.
    virtual void on_signal(signal_kind signal) = 0;

protected:
    ~signal_sink() = default;
};

/// Takes the four signals over while it lives; afterwards each does what it does by default.
/// One a process. One thread: the shard's. `owner` and `sink` outlive it.
class signal_watch {
public:
    signal_watch(shard& owner, signal_sink& sink);
    signal_watch(const signal_watch&) = delete;
    signal_watch& operator=(const signal_watch&) = delete;
    ~signal_watch();

    /// Errors: the kernel's.
    result<void> start();

private:
    struct state;
    std::shared_ptr<state> state_;  // shared with the wait in flight, which may outlive the watch
};

}  // namespace meshhost::net
