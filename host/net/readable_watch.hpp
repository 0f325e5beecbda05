// SPDX-License-Identifier: Apache-2.0
#pragma once
// Tells when a descriptor can be read or written, without owning it.
#include "base/error.hpp"

#include <memory>

namespace meshhost::net {

class shard;

class readable_sink {
public:
    /// Something may be waiting. true: all of it was read; false: call again soon, after timers
    /// and others had their turn. May destroy the watch.
    virtual bool on_readable() = 0;
    /// The answer to watch_writable(), once. May destroy the watch.
    virtual void on_writable() {}

protected:
    ~readable_sink() = default;
};

/// Lifecycle: make it, start() it, destroy it before its descriptor is closed; nothing is called
/// afterwards. One thread: the shard's. `owner` and `sink` outlive it. Allocates when made, not
/// when woken.
class readable_watch {
public:
    readable_watch(shard& owner, int descriptor, readable_sink& sink);
    readable_watch(const readable_watch&) = delete;
    readable_watch& operator=(const readable_watch&) = delete;
    ~readable_watch();

    /// Begins to watch. Errors: the kernel's (ENOSPC: too many watches, ENOMEM). Call it once.
    result<void> start();

    /// Asks for one on_writable(), never inside this call. Asking again before it came changes
    /// nothing.
    void watch_writable();

    /// No on_readable() until resume_reading().
    void pause_reading();
    void resume_reading();
    bool is_paused() const noexcept;

private:
    struct state;
    std::shared_ptr<state> state_;  // shared with the waits in flight, which may outlive the watch
};

}  // namespace meshhost::net
