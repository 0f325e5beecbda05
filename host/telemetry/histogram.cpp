// SPDX-License-Identifier: Apache-2.0
#include "telemetry/histogram.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::telemetry {

histogram::histogram(std::vector<double> bounds)
    : bounds_(std::move(bounds)) {
    point_.buckets.resize(bounds_.size() + 1);
}

std::size_t histogram::range_of(double value) const {
    const auto found = std::lower_bound(bounds_.begin(), bounds_.end(), value);
    return static_cast<std::size_t>(found - bounds_.begin());
}

void histogram::record(double value) {
    ++point_.buckets[range_of(value)];
    ++point_.count;
    point_.value += value;
}

void histogram::record(double value, const exemplar& seen) {
    record(value);
    const auto range = range_of(value);
    const auto same =
        std::find_if(point_.exemplars.begin(), point_.exemplars.end(), [&](const exemplar& each) {
            return range_of(each.value) == range;
        });
    if (same != point_.exemplars.end())
        *same = seen;
    else
        point_.exemplars.push_back(seen);
}

}  // namespace meshhost::telemetry
