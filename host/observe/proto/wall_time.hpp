// SPDX-License-Identifier: Apache-2.0
#pragma once
// Times as people and browsers write them. Pure.
#include <chrono>
#include <optional>
#include <string_view>

namespace meshhost::observe::proto {

/// "2026-01-31T12:00:00.000Z" (RFC 3339, in UTC; up to nine digits of a second, or none) →
/// milliseconds since the Unix epoch.
std::optional<std::chrono::milliseconds> parse_wall_time(std::string_view text);

}  // namespace meshhost::observe::proto
