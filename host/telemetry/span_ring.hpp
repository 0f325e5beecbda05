// SPDX-License-Identifier: Apache-2.0
#pragma once
// The last finished spans of one role, until somebody looks or exports them.
#include "telemetry/span.hpp"

#include <cstddef>
#include <deque>
#include <utility>

namespace meshhost::telemetry {

/// When full, the oldest give way. Pure; one thread.
class span_ring {
public:
    explicit span_ring(std::size_t spans_max)
        : spans_max_(spans_max) {}

    void append(span finished);

    const std::deque<span>& spans() const noexcept { return spans_; }  ///< the oldest first
    std::uint64_t given_way() const noexcept { return given_way_; }

private:
    std::size_t spans_max_;
    std::deque<span> spans_;
    std::uint64_t given_way_ = 0;
};

}  // namespace meshhost::telemetry
