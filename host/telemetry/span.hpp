// SPDX-License-Identifier: Apache-2.0
#pragma once
// One finished piece of work, as OpenTelemetry has it; ids are W3C's.
#include "base/time.hpp"
#include "telemetry/attribute.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace meshhost::telemetry {

using trace_id = std::array<std::uint8_t, 16>;
using span_id = std::array<std::uint8_t, 8>;  ///< all zeros: none

/// Another span that has to do with this one, of any trace.
struct span_link {
    trace_id trace{};
    span_id span{};
};

/// OpenTelemetry's numbers.
enum class span_kind : std::uint8_t { internal = 0, server, client, producer, consumer };

struct span_event {
    std::string name;
    duration at{};  ///< since the Unix epoch
    std::vector<attribute> attributes;
};

struct span {
    trace_id trace{};
    span_id id{};
    span_id parent{};  ///< none: it begins the trace here
    std::string name;
    span_kind kind = span_kind::internal;
    duration started{};  ///< since the Unix epoch
    duration length{};
    bool is_ok = true;
    std::string message;  ///< of one that is not
    std::vector<attribute> attributes;
    std::vector<span_event> events;
    std::vector<span_link> links = {};
    std::uint32_t dropped = 0;  ///< attributes and events that there was no room for
};

/// "internal", "server", ...
const char* to_string(span_kind kind) noexcept;

}  // namespace meshhost::telemetry
