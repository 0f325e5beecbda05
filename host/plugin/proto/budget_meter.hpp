// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a role may use, and what it was refused because it had used that up. A machine: the caller
// has the clock, and locks.
#include "base/time.hpp"
#include "plugin/proto/limits.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace meshhost::plugin::proto {

/// What the role declares in mesh_budget, within what there is.
struct call_budget {
    std::uint64_t gossip_bytes_per_s = gossip_budget_default;
    std::size_t streams = streams_max;
    std::size_t timers = timers_max;
};

enum class budget_kind : std::uint8_t { gossip, streams, timers };
inline constexpr std::size_t budget_kinds = 3;

/// "gossip"
const char* name_of(budget_kind kind) noexcept;

/// Collects refusals, so that a role that does not stop asking is one line now and then.
class budget_meter {
public:
    explicit budget_meter(const call_budget& budget) noexcept
        : budget_(budget) {}

    /// True: the first after a while, so that next_deadline() is another.
    bool refused(budget_kind kind, time_point now) noexcept;

    /// What there is to tell, in words, once `refusals_told_every` has passed since the first.
    struct report {
        std::uint64_t refusals = 0;
        std::string words;
    };
    std::optional<report> poll(time_point now);
    /// no_deadline when nothing was refused since the last report.
    time_point next_deadline() const noexcept { return deadline_; }

    std::uint64_t total(budget_kind kind) const noexcept { return total_[index(kind)]; }

private:
    static constexpr std::size_t index(budget_kind kind) { return static_cast<std::size_t>(kind); }

    call_budget budget_;
    time_point deadline_ = no_deadline;
    std::array<std::uint64_t, budget_kinds> recent_{};
    std::array<std::uint64_t, budget_kinds> total_{};
};

}  // namespace meshhost::plugin::proto
