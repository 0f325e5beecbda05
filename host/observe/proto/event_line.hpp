// SPDX-License-Identifier: Apache-2.0
#pragma once
// An event as one line of JSON, for a file that outlives the observer. Pure.
#include "telemetry/event.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace meshhost::observe::proto {

/// Ends with a newline, and has no other.
std::string line_of(const telemetry::event& event);

/// nullopt: it was torn, or written by something else. Texts longer than `text_max` are cut.
std::optional<telemetry::event> event_of(std::string_view line, std::size_t text_max = 512);

}  // namespace meshhost::observe::proto
