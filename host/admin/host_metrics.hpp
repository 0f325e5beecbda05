// SPDX-License-Identifier: Apache-2.0
#pragma once
// This host in metrics, named once and for all (docs/telemetry.md). No label names a peer, an
// address or a message: the number of series does not grow with the mesh.
#include "admin/host_view.hpp"
#include "telemetry/metric.hpp"

#include <vector>

namespace meshhost::admin {

std::vector<telemetry::metric> host_metrics(const host_view& view);

}  // namespace meshhost::admin
