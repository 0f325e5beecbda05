// SPDX-License-Identifier: Apache-2.0
#include "telemetry/span_ring.hpp"

namespace meshhost::telemetry {

void span_ring::append(span finished) {
    if (spans_max_ == 0) return;
    if (spans_.size() == spans_max_) {
        spans_.pop_front();
        ++given_way_;
    }
    spans_.push_back(std::move(finished));
}

}  // namespace meshhost::telemetry
