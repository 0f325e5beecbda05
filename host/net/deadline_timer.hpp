// SPDX-License-Identifier: Apache-2.0
#pragma once
// Drives a machine's next_deadline(): arm() after every turn, on_deadline() when it is due.
#include "base/time.hpp"

#include <memory>

namespace meshhost::net {

class shard;

class deadline_sink {
public:
    /// The deadline passed; none is set any more. May call arm(), and may destroy the timer.
    virtual void on_deadline(time_point now) = 0;

protected:
    ~deadline_sink() = default;
};

/// One deadline. Lazy: a deadline that moves away costs nothing, because the kernel's timer stays
/// where it is and the timer looks again when that one fires. A deadline that comes closer costs
/// one timerfd_settime.
///
/// Lifecycle: make it, arm() it any number of times, destroy it; nothing fires afterwards.
/// One thread: the shard's. `owner` and `sink` outlive it.
class deadline_timer {
public:
    /// `made_in` is for the ledger: leave it alone.
    deadline_timer(shard& owner, deadline_sink& sink, const char* made_in = __builtin_FILE());
    deadline_timer(const deadline_timer&) = delete;
    deadline_timer& operator=(const deadline_timer&) = delete;
    ~deadline_timer();

    /// Replaces the deadline. One in the past fires on the next turn of the loop, never inside
    /// this call; no_deadline means none.
    void arm(time_point deadline);

private:
    struct state;
    std::shared_ptr<state> state_;  // shared with the wait in flight, which may outlive the timer
};

}  // namespace meshhost::net
