// SPDX-License-Identifier: Apache-2.0
#pragma once
// How often something was how much, with a trace to look at for each range. Pure; one thread.
#include "telemetry/metric.hpp"

#include <vector>

namespace meshhost::telemetry {

class histogram {
public:
    /// `bounds`: upper ends of the ranges, inclusive, in rising order.
    explicit histogram(std::vector<double> bounds);

    void record(double value);
    /// The same, of something that a trace tells of: the last one of each range is kept.
    void record(double value, const exemplar& seen);

    const std::vector<double>& bounds() const noexcept { return bounds_; }
    /// Everything so far.
    const metric_point& point() const noexcept { return point_; }

private:
    std::size_t range_of(double value) const;

    std::vector<double> bounds_;
    metric_point point_;
};

}  // namespace meshhost::telemetry
