// SPDX-License-Identifier: Apache-2.0
#pragma once
// The clocks as strands and plugins see them: the shard's monotonic one, and the wall's. Any
// thread.
#include "base/time.hpp"

namespace meshhost::plugin {

/// The same clock as net::shard::now(), for threads that have no shard.
inline time_point strand_now() noexcept {
    return time_point(std::chrono::steady_clock::now().time_since_epoch());
}

/// Since the Unix epoch.
inline duration wall_now() noexcept {
    return std::chrono::system_clock::now().time_since_epoch();
}

}  // namespace meshhost::plugin
