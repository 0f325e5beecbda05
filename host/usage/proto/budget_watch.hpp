// SPDX-License-Identifier: Apache-2.0
#pragma once
// When a host has used more than its budget for so long that somebody should know.
#include "base/time.hpp"
#include "usage/proto/budget.hpp"

#include <optional>
#include <string>

namespace meshhost::usage::proto {

/// Over for this long before it counts; and below nine tenths for this long before it is over.
inline constexpr duration budget_patience = 10s;

/// One news a change, however long it lasts.
struct budget_news {
    bool is_over = false;
    std::string words;  ///< "412 of 250 millicores used for 10 s"
};

class budget_watch {
public:
    /// Of one kind of resource: `unit` ends the words' numbers.
    explicit budget_watch(std::string unit)
        : unit_(std::move(unit)) {}

    /// `most` 0: there is no budget.
    std::optional<budget_news> read(time_point now, std::uint64_t used, std::uint64_t most);

    bool is_over() const noexcept { return is_over_; }

private:
    std::string unit_;
    std::optional<time_point> since_;  ///< what speaks for a change has held since
    bool is_over_ = false;
};

}  // namespace meshhost::usage::proto
