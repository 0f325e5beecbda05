// SPDX-License-Identifier: Apache-2.0
#pragma once
// The timers of one instance. A machine: the caller has the clock and waits until next_deadline().
#include "base/time.hpp"
#include "plugin/proto/handle_table.hpp"
#include "plugin/proto/limits.hpp"

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace meshhost::plugin::proto {

struct timer_firing {
    handle timer = 0;
    std::uint64_t tag = 0;
    time_point due{};
    std::uint64_t missed = 0;  ///< whole periods that passed besides this one
};

/// At most timers_max. One thread: the strand.
class timer_set {
public:
    /// `period` zero: one shot. Negative times are not allowed. 0 when there are too many.
    handle start(std::string name, time_point first, duration period, std::uint64_t tag);

    /// false: not a live timer. A one-shot timer that fired is not live.
    bool cancel(handle timer);

    /// The earliest timer that is due at `now`, rearmed or gone. Drain until nullopt.
    std::optional<timer_firing> poll(time_point now);

    /// no_deadline when there is no timer.
    time_point next_deadline() const noexcept;

    /// The names of those still running, each once a timer; for the report at stop.
    std::vector<std::string> names();

    void clear();

    /// f(handle, tag&) for each, for a handoff.
    template <class F>
    void for_each(F&& f) {
        timers_.for_each([&f](handle h, auto& held) { f(h, held.tag); });
    }
    std::size_t size() const noexcept { return timers_.size(); }

private:
    struct timer {
        std::string name;
        time_point due{};
        duration period{};
        std::uint64_t tag = 0;
    };

    handle_table<timer> timers_{handle_kind::timer, timers_max};
    std::set<std::pair<time_point, handle>> schedule_;
};

}  // namespace meshhost::plugin::proto
