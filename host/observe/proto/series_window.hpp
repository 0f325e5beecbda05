// SPDX-License-Identifier: Apache-2.0
#pragma once
// A part of a series, in steps as long as somebody wants them. Pure.
#include <chrono>
#include <optional>
#include <span>
#include <vector>

namespace meshhost::observe::proto {

/// The last value is of `end`, since the Unix epoch; they are `step` apart.
struct series_axis {
    std::chrono::milliseconds end{};
    std::chrono::milliseconds step{};
};

/// Both ends are included. `step` is a multiple of the axis' own.
struct series_window {
    std::chrono::milliseconds from{};
    std::chrono::milliseconds to{};
    std::chrono::milliseconds step{};
};

struct series_part {
    series_axis axis;
    std::vector<std::optional<double>> values;  ///< the oldest first
};

/// Longer steps end at multiples of their length, so that another question later has the same
/// ones; each is the mean of what is known of it, the last perhaps of a part of it.
series_part part_of(
    std::span<const std::optional<double>> values,
    const series_axis& axis,
    const series_window& wanted
);

}  // namespace meshhost::observe::proto
