// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a relay counts, under the names that iroh's relay has for it, so that its dashboards read
// this one, too; what that one does not count has names of the same kind.
#include "telemetry/metric.hpp"

#include <vector>

namespace meshhost::relayd {

class relay_server;

std::vector<telemetry::metric> relay_metrics(const relay_server& server);

}  // namespace meshhost::relayd
