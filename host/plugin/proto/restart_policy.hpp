// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whether a role that failed is started again, and when: sooner the first time, later each time
// after that, and not at all when it keeps failing. A machine.
#include "base/time.hpp"
#include "plugin/proto/limits.hpp"

#include <deque>
#include <optional>

namespace meshhost::plugin::proto {

struct restart_rules {
    unsigned most = restarts_max;  ///< within `window`; 0: never
    duration window = restart_window;
    duration first = restart_first;  ///< doubles with each one in the window
    duration cap = restart_cap;
};

class restart_policy {
public:
    explicit restart_policy(restart_rules rules)
        : rules_(rules) {}

    /// It failed. How long to wait before it is started again; nullopt: it is given up.
    std::optional<duration> failed(time_point now);

    /// Somebody decided that it may fail as often again.
    void forgive() noexcept { restarts_.clear(); }

    /// Within the window.
    std::size_t restarts() const noexcept { return restarts_.size(); }
    const restart_rules& rules() const noexcept { return rules_; }

private:
    restart_rules rules_;
    std::deque<time_point> restarts_;  ///< rules_.most at most
};

}  // namespace meshhost::plugin::proto
