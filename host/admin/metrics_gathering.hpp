// SPDX-License-Identifier: Apache-2.0
#pragma once
// All metrics of a host at one moment: its own, and what each role says of itself.
#include "admin/host_view.hpp"
#include "telemetry/cost_meter.hpp"
#include "telemetry/metric.hpp"

#include <functional>
#include <string>
#include <vector>

namespace meshhost::admin {

struct sourced_metrics {
    std::string instance;  ///< empty: the host
    telemetry::metrics_snapshot said;
};

/// The host's own first. A role that does not answer within a second is left out.
using metrics_taker = std::function<void(std::vector<sourced_metrics>)>;

/// `take` is called once, perhaps from inside. `costs` is told what looking took. Both references
/// outlive that.
void gather_metrics(
    const host_view& view,
    host_actions& actions,
    telemetry::cost_meter& costs,
    metrics_taker take
);

}  // namespace meshhost::admin
