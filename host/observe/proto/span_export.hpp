// SPDX-License-Identifier: Apache-2.0
#pragma once
// A start's spans as other programs read them: the same that the dashboard lets people keep
// (admin-ui/src/traces/export.ts); tests/contract/boot_export.json holds both to it. Pure.
#include "observe/proto/told_span.hpp"

#include <boost/json/object.hpp>

namespace meshhost::observe::proto {

/// `boot`: as schemas/boot.json, of another host.
/// OTLP in JSON (opentelemetry-proto 1.x, the JSON mapping: ids in hex, enums as numbers, 64-bit
/// numbers as text): an ExportTraceServiceRequest.
boost::json::object otlp_of_boot(const span_source& by, const boost::json::object& boot);

/// What Jaeger's page takes as an upload.
boost::json::object jaeger_of_boot(const span_source& by, const boost::json::object& boot);

}  // namespace meshhost::observe::proto
