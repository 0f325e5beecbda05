// SPDX-License-Identifier: Apache-2.0
#pragma once
// The numbers that a run ends in, by name: what each means, and how those of several seeds become
// one. A mean of means is a mean; a worst case stays the worst case of all.
#include "sim/scenario.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::sim {

enum class combination : std::uint8_t { mean, largest, smallest };

struct metric_definition {
    std::string_view name;  ///< of a series of rounds: without the series' name and the dot
    std::string_view meaning;
    combination over_seeds;
};

/// Of each series of rounds.
std::span<const metric_definition> traffic_metrics();
/// Of the run as a whole; their names have dots.
std::span<const metric_definition> run_metrics();

/// "after.delivery" or "overlay.degree_mean"; nullptr when this scenario has no such metric.
const metric_definition* find_metric(const scenario& of, std::string_view name);
/// Every name that find_metric() knows.
std::vector<std::string> metric_names(const scenario& of);

struct metric_value {
    std::string name;
    double value = 0;
};

/// In the order of metric_names(); a metric that a run has no value for is absent.
using metric_values = std::vector<metric_value>;

std::optional<double> value_of(const metric_values& values, std::string_view name);

/// One set from those of several seeds. Precondition: at least one.
metric_values combined(const scenario& of, std::span<const metric_values> seeds);

/// An expectation that does not hold.
struct broken_promise {
    expectation promise;
    std::optional<double> found;  ///< nullopt: nothing was measured
};

std::vector<broken_promise> check(const scenario& of, const metric_values& values);

/// "after.delivery is 0.98, expected at least 1".
std::string sentence(const broken_promise& broken);

}  // namespace meshhost::sim
