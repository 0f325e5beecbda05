// SPDX-License-Identifier: Apache-2.0
#pragma once
// Durations as people write them: a whole number and a unit, "250ms" or "30s".
#include "base/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace meshhost::config {

/// Reads digits followed by us, ms, s, m or h; nullopt for anything else, and for what does not
/// fit in nanoseconds. "0s" is a duration, "0" is not.
std::optional<duration> parse_duration(std::string_view text);

/// The shortest text that parse_duration() reads back, for whole microseconds: "1500ms", "2m".
std::string format_duration(duration value);

}  // namespace meshhost::config
