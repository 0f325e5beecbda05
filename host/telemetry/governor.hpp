// SPDX-License-Identifier: Apache-2.0
#pragma once
// Keeps telemetry cheaper than what it watches: fewer messages are followed when it costs too much.
#include "base/time.hpp"

namespace meshhost::telemetry {

/// CPU time since the start of the process.
struct cpu_spent {
    duration by_telemetry{};
    duration by_process{};
};

/// Additive increase, multiplicative decrease: over the ceiling half as many messages are followed,
/// below half of it a tenth more. Starts, stops and metrics are never left out. Pure; one thread.
class governor {
public:
    static constexpr duration window = 10s;
    /// The ceiling: this share of the process's own CPU time, or `floor` of each second, whichever
    /// is more. Without a floor an idle host could afford nothing.
    static constexpr double share_of_process = 0.01;
    static constexpr double floor = 0.001;
    static constexpr double least = 1.0 / 64;  ///< below it no message is followed
    static constexpr double step_up = 0.1;

    governor(time_point now, const cpu_spent& so_far)
        : began_(now)
        , so_far_(so_far) {}

    /// To be called now and then; a window ends at the first call after its time. True: factor()
    /// has changed.
    bool look(time_point now, const cpu_spent& so_far);

    /// Of the messages that would be followed, how many are: 0..1.
    double factor() const noexcept { return factor_; }
    /// What telemetry took in the last window, and what it may have taken: cores.
    double used() const noexcept { return used_; }
    double ceiling() const noexcept { return ceiling_; }

private:
    time_point began_;
    cpu_spent so_far_;
    double factor_ = 1;
    double used_ = 0;
    double ceiling_ = floor;
};

}  // namespace meshhost::telemetry
