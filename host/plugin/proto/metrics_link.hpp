// SPDX-License-Identifier: Apache-2.0
#pragma once
// mesh.metrics/1 on the link: the host asks, the instance says all of it.
#include "telemetry/metric.hpp"

namespace meshhost::plugin::proto {

namespace up {

struct metrics_said {
    telemetry::metrics_snapshot metrics;
};

}  // namespace up

namespace down {

struct metrics_wanted {};

}  // namespace down

}  // namespace meshhost::plugin::proto
