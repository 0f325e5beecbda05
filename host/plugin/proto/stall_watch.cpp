// SPDX-License-Identifier: Apache-2.0
#include "plugin/proto/stall_watch.hpp"

namespace meshhost::plugin::proto {

stall_watch::finding stall_watch::look(
    time_point now,
    std::uint64_t call,
    std::optional<time_point> since
) {
    if (!since) return finding::none;
    if (call != call_) {
        call_ = call;
        said_ = finding::none;
    }
    const duration held = now - *since;
    if (said_ < finding::slow && held > limits_.warn) {
        ++slow_;
        return said_ = finding::slow;
    }
    if (said_ < finding::stalled && held > limits_.stall) {
        ++stalled_;
        return said_ = finding::stalled;
    }
    const bool may_end = limits_.kill > duration::zero();
    if (said_ < finding::hung && may_end && held > limits_.kill) return said_ = finding::hung;
    return finding::none;
}

}  // namespace meshhost::plugin::proto
