// SPDX-License-Identifier: Apache-2.0
#include "plugin/proto/restart_policy.hpp"

#include <algorithm>

namespace meshhost::plugin::proto {

std::optional<duration> restart_policy::failed(time_point now) {
    while (!restarts_.empty() && now - restarts_.front() >= rules_.window)
        restarts_.pop_front();
    if (restarts_.size() >= rules_.most) return std::nullopt;
    duration wait = rules_.first;
    for (std::size_t i = 0; i < restarts_.size() && wait < rules_.cap; ++i)
        wait *= 2;
    restarts_.push_back(now);
    return std::min(wait, rules_.cap);
}

}  // namespace meshhost::plugin::proto
