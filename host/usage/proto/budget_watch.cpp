// SPDX-License-Identifier: Apache-2.0
#include "usage/proto/budget_watch.hpp"

namespace meshhost::usage::proto {

std::optional<budget_news> budget_watch::read(
    time_point now,
    std::uint64_t used,
    std::uint64_t most
) {
    const bool is_above = most != 0 && used > most;
    const bool is_well_below = most == 0 || used <= most - most / 10;
    const bool speaks_for_change = is_over_ ? is_well_below : is_above;
    if (!speaks_for_change) {
        since_.reset();
        return std::nullopt;
    }
    if (!since_) since_ = now;
    if (now - *since_ < budget_patience) return std::nullopt;
    const auto lasted = std::chrono::duration_cast<std::chrono::seconds>(now - *since_).count();
    since_.reset();
    is_over_ = !is_over_;
    return budget_news{
        is_over_,
        std::to_string(used) + " of " + std::to_string(most) + " " + unit_ + " used for "
            + std::to_string(lasted) + " s"};
}

}  // namespace meshhost::usage::proto
