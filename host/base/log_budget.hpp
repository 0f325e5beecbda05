// SPDX-License-Identifier: Apache-2.0
#pragma once
// Lines that somebody else's doing can cause: an operator reads some of them without asking, and
// no peer fills the log.
#include "base/log.hpp"
#include "base/token_bucket.hpp"

namespace meshhost {

/// 64 lines at once and one a second go out at their level, the rest as debug.
class log_budget {
public:
    log_level spend(log_level level, time_point now) noexcept {
        return lines_.take(now) ? level : log_level::debug;
    }

private:
    token_bucket lines_{1, 64};
};

}  // namespace meshhost
