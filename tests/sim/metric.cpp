// SPDX-License-Identifier: Apache-2.0
#include "sim/metric.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace meshhost::sim {
namespace {

using enum combination;

constexpr std::array<metric_definition, 10> of_traffic{{
    {"delivery", "share of the live nodes that a message reached, the sender not counted", mean},
    {"missed", "deliveries that did not happen", largest},
    {"redundancy", "payloads received / receivers - 1, mean of the rounds", mean},
    {"redundancy_last", "the same, of the last round", mean},
    {"hops", "hops to the last receiver, mean of the rounds", mean},
    {"hops_max", "hops to the last receiver, worst round", largest},
    {"last_ms", "time until the last receiver has it, mean of the rounds", mean},
    {"last_ms_max", "time until the last receiver has it, worst round", largest},
    {"p50_ms", "time of half the deliveries", mean},
    {"p99_ms", "time of 99 of 100 deliveries", mean},
}};

constexpr std::array<metric_definition, 39> of_run{{
    {"overlay.degree_mean", "active neighbours of a live node, at the end", mean},
    {"overlay.degree_min", "the fewest that any live node has, at the end", smallest},
    {"overlay.degree_max", "the most that any live node has, at the end", largest},
    {"overlay.components", "parts that the mesh is in, at the end", largest},
    {"overlay.outside", "live nodes outside the largest part, at the end", largest},
    {"overlay.one_sided", "links that only one end knows, at the end", largest},
    {"overlay.merge_s", "seconds from the last fault's end until the mesh is one", largest},
    {"overlay.join_s", "seconds from the last join until the mesh is one", largest},
    {"cost.bytes_per_s", "gossip bytes a node sends a second, over the whole run", mean},
    {"cost.quiet_bytes_per_s", "the same, in seconds without traffic, fault or join", mean},
    {"cost.membership_bytes_per_s", "of those over the whole run: who is whose neighbour", mean},
    {"cost.payload_bytes_per_s", "messages in full", mean},
    {"cost.repair_bytes_per_s", "grafts and prunes", mean},
    {"cost.announce_bytes_per_s", "announcements of messages", mean},
    {"cost.shuffle_bytes_per_s", "exchanges of views", mean},
    {"cost.frames_per_s", "frames of gossip a node sends a second", mean},
    {"cost.frames_dropped", "frames that a full queue refused", largest},
    {"cost.sync_bytes_per_s", "comparisons of registries, their connections included", mean},
    {"cost.syncs_per_s", "comparisons that a node opens a second", mean},
    {"digests.agree_s",
     "seconds from the last join, death or fault until everybody has what everybody signed up to "
     "2 s ago",
     largest},
    {"digests.lag_s", "how long somebody lacks a digest, a minute and more after those", largest},
    {"digests.death_known_s", "seconds until the last of the living counts a death", largest},
    {"digests.unnoticed", "dead nodes that somebody still counts as alive, at the end", largest},
    {"digests.deaths", "conclusions that somebody is dead", largest},
    {"digests.false_deaths", "conclusions that somebody is dead who lives within reach", largest},
    {"digests.invented", "digests taken that their origin never signed", largest},
    {"digests.reverted", "older digests taken for newer ones", largest},
    {"digests.forged", "digests refused for their signature", smallest},
    {"digests.future", "digests refused for a number that nobody reaches", smallest},
    {"digests.stale", "digests refused for a number that is no newer", smallest},
    {"digests.unreadable", "digests refused for their form or mesh", smallest},
    {"digests.unverified", "digests left to comparisons for want of time to verify them", largest},
    {"digests.record_bytes", "of a digest that was broadcast whole, with its signature", mean},
    {"digests.delta_bytes", "of what was broadcast of one that changed", mean},
    {"tree.grafts", "grafts for each broadcast", mean},
    {"tree.prunes", "prunes for each broadcast", mean},
    {"tree.announcements", "frames that announce, for each broadcast", mean},
    {"tables.entries_max", "entries in the largest node's tables, at any time", largest},
    {"tables.growth",
     "entries in the last quarter of the run / in the second, medians of the mean node",
     largest},
}};

struct found_metric {
    std::string name;
    const metric_definition* definition;
};

std::vector<found_metric> metrics_of(const scenario& of) {
    std::vector<found_metric> all;
    for (const traffic_settings& series : of.traffic) {
        for (const metric_definition& metric : of_traffic)
            all.push_back({series.name + "." + std::string(metric.name), &metric});
    }
    for (const metric_definition& metric : of_run)
        all.push_back({std::string(metric.name), &metric});
    return all;
}

double combine(combination how, std::span<const double> values) {
    switch (how) {
    case largest:
        return *std::max_element(values.begin(), values.end());
    case smallest:
        return *std::min_element(values.begin(), values.end());
    case mean:
        break;
    }
    double sum = 0;
    for (const double value : values)
        sum += value;
    return sum / static_cast<double>(values.size());
}

bool holds(const expectation& promise, double found) {
    return promise.kind == bound_kind::at_least ? found >= promise.bound : found <= promise.bound;
}

}  // namespace

std::span<const metric_definition> traffic_metrics() {
    return of_traffic;
}
std::span<const metric_definition> run_metrics() {
    return of_run;
}

const metric_definition* find_metric(const scenario& of, std::string_view name) {
    for (const found_metric& metric : metrics_of(of)) {
        if (metric.name == name) return metric.definition;
    }
    return nullptr;
}

std::vector<std::string> metric_names(const scenario& of) {
    std::vector<std::string> names;
    for (found_metric& metric : metrics_of(of))
        names.push_back(std::move(metric.name));
    return names;
}

std::optional<double> value_of(const metric_values& values, std::string_view name) {
    for (const metric_value& one : values) {
        if (one.name == name) return one.value;
    }
    return std::nullopt;
}

metric_values combined(const scenario& of, std::span<const metric_values> seeds) {
    metric_values all;
    for (const found_metric& metric : metrics_of(of)) {
        std::vector<double> values;
        for (const metric_values& seed : seeds) {
            if (const auto value = value_of(seed, metric.name)) values.push_back(*value);
        }
        // A number that one seed could not give is missing, not the mean of the lucky ones.
        if (values.size() != seeds.size()) continue;
        all.push_back({metric.name, combine(metric.definition->over_seeds, values)});
    }
    return all;
}

std::vector<broken_promise> check(const scenario& of, const metric_values& values) {
    std::vector<broken_promise> broken;
    for (const expectation& promise : of.expectations) {
        const auto found = value_of(values, promise.metric);
        if (!found || !holds(promise, *found)) broken.push_back({promise, found});
    }
    return broken;
}

std::string sentence(const broken_promise& broken) {
    const auto& [promise, found] = broken;
    const auto* side = promise.kind == bound_kind::at_least ? "at least" : "at most";
    const std::string value = found ? fmt::format("{:.4g}", *found) : "not known";
    return fmt::format("{} is {}, expected {} {:g}", promise.metric, value, side, promise.bound);
}

}  // namespace meshhost::sim
