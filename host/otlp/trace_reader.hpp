// SPDX-License-Identifier: Apache-2.0
#pragma once
// An ExportTraceServiceRequest as others send it, in protobuf or in JSON (opentelemetry-proto 1.x;
// opentelemetry.io/docs/specs/otlp), read with limits. Pure.
#include "base/error.hpp"
#include "otlp/encode.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::otlp {

/// How OTLP is written down over HTTP.
enum class encoding : std::uint8_t { protobuf, json };

/// What is kept of a request. Longer texts are cut; what else is above counts as dropped, of spans
/// as refused.
struct read_limits {
    static constexpr std::size_t spans_max = 2048;          ///< of a request
    static constexpr std::size_t resources_max = 256;       ///< of a request
    static constexpr std::size_t attributes_max = 32;       ///< of a span, or a resource
    static constexpr std::size_t events_max = 8;            ///< of a span
    static constexpr std::size_t event_attributes_max = 8;  ///< of an event
    static constexpr std::size_t links_max = 4;             ///< of a span
    static constexpr std::size_t name_bytes_max = 128;      ///< of a span, an event or a key
    static constexpr std::size_t text_bytes_max = 256;      ///< of a value
    static constexpr std::size_t message_bytes_max = 512;   ///< of a status
};

/// Spans, and whose they are.
struct told_spans {
    resource by;
    std::vector<telemetry::span> spans;
};

struct told_request {
    std::vector<told_spans> groups;  ///< a resource each
    std::uint64_t refused = 0;       ///< spans that are none, or one too many
    std::string why;                 ///< of the first of them; empty: there is none
};

/// Errors: E_BAD_REQUEST, with what cannot be read.
outcome<told_request> read_traces(std::string_view request, encoding in);

}  // namespace meshhost::otlp
