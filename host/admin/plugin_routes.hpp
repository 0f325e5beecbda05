// SPDX-License-Identifier: Apache-2.0
#pragma once
// What is below /v1/plugins/INSTANCE: what one role says of itself.
#include "admin/host_view.hpp"
#include "admin/router.hpp"

namespace meshhost::admin {

/// meshhost.plugin_metrics/1. `is_fresh`: said just now.
boost::json::object metrics_json(
    std::string_view instance,
    const telemetry::metrics_snapshot& metrics,
    bool is_fresh
);

/// meshhost.plugin_spans/1.
boost::json::object spans_json(
    std::string_view instance,
    const std::vector<telemetry::span>& spans
);

/// metrics, spans. The references outlive the router.
void add_plugin_routes(router& to, const host_view& view, host_actions& actions);

}  // namespace meshhost::admin
