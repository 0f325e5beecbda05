// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whether a callback holds its strand for too long. A machine: looked at now and then while one
// runs, it says each thing once a callback.
#include "base/time.hpp"
#include "plugin/proto/limits.hpp"

#include <cstdint>
#include <optional>

namespace meshhost::plugin::proto {

struct stall_limits {
    duration warn = stall_warn;
    duration stall = stall_sample;
    duration kill = stall_kill;  ///< zero: never
};

class stall_watch {
public:
    enum class finding : std::uint8_t {
        none,
        slow,     ///< longer than `warn`
        stalled,  ///< longer than `stall`: where it is is worth knowing
        hung,     ///< longer than `kill`: it will not come back
    };

    explicit stall_watch(stall_limits limits)
        : limits_(limits) {}

    /// `since`: when the callback numbered `call` began; nullopt: none runs. The gravest that is
    /// new; call again until none.
    finding look(time_point now, std::uint64_t call, std::optional<time_point> since);

    const stall_limits& limits() const noexcept { return limits_; }
    /// Slow callbacks so far, stalled ones among them.
    std::uint64_t slow() const noexcept { return slow_; }
    std::uint64_t stalled() const noexcept { return stalled_; }

private:
    stall_limits limits_;
    std::uint64_t call_ = 0;
    finding said_ = finding::none;
    std::uint64_t slow_ = 0;
    std::uint64_t stalled_ = 0;
};

}  // namespace meshhost::plugin::proto
