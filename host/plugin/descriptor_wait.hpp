// SPDX-License-Identifier: Apache-2.0
#pragma once
// The one place where a strand sleeps: until its bell rings, a watched descriptor is ready, or it
// is time. poll() and not epoll: there are few, the kernel keeps nothing of them, and one that the
// plugin closed too early is told as such instead of vanishing.
#include "base/time.hpp"
#include "plugin/proto/fd_watches.hpp"

namespace meshhost::plugin {

/// False at the deadline. A deadline that has passed: looks and does not wait. The bell, an
/// eventfd, is silent afterwards; `watches` may be null, and hears what was seen.
bool wait_for_descriptors(int bell, proto::fd_watches* watches, time_point deadline);

}  // namespace meshhost::plugin
