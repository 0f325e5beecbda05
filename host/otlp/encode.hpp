// SPDX-License-Identifier: Apache-2.0
#pragma once
// Spans and metrics in the bytes of OTLP (opentelemetry-proto 1.x: trace/v1, metrics/v1 and their
// collectors). Pure.
#include "telemetry/attribute.hpp"
#include "telemetry/metric.hpp"
#include "telemetry/span.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::otlp {

/// Who traces: the attributes that all of its spans share.
using resource = std::vector<telemetry::attribute>;

/// A span and what made it: an OpenTelemetry instrumentation scope.
struct scoped_span {
    std::string scope;  ///< "meshhost", or a role's instance
    telemetry::span span;
};

/// An ExportTraceServiceRequest, ready to be posted as application/x-protobuf.
std::string encode_traces(
    const resource& by,
    std::string_view version,
    std::span<const scoped_span> spans
);

/// What one source measured. Sums count from `started`, which is the same until it starts anew.
struct scoped_metrics {
    std::string scope;  ///< "meshhost", or a role's instance
    telemetry::metrics_snapshot said;
};

/// An ExportMetricsServiceRequest, likewise.
std::string encode_metrics(
    const resource& by,
    std::string_view version,
    std::span<const scoped_metrics> all
);

/// What an ExportTraceServiceResponse says of spans that were not taken; 0 for all else.
std::uint64_t rejected_spans(std::string_view response);

}  // namespace meshhost::otlp
