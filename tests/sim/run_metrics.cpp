// SPDX-License-Identifier: Apache-2.0
#include "sim/run_metrics.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace meshhost::sim {
namespace {

/// By traffic_class.
constexpr std::array<std::string_view, gossip::proto::traffic_class_count>
    class_names{"membership", "payload", "repair", "announce", "shuffle"};

/// One series of rounds as numbers.
struct series_totals {
    std::uint64_t receivers = 0;
    std::uint64_t delivered = 0;
    double redundancy = 0;
    double hops = 0;
    std::uint32_t hops_max = 0;
    double last_ms = 0;
    double last_ms_max = 0;
};

/// The messages of a series, grouped by round.
std::vector<round_summary> rounds_of(const delivery_log& deliveries, std::uint32_t series) {
    std::vector<round_summary> rounds;
    std::vector<std::uint64_t> payloads;
    for (const message_outcome& one : deliveries.outcomes()) {
        if (one.series != series) continue;
        if (rounds.size() <= one.round) {
            rounds.resize(one.round + 1);
            payloads.resize(one.round + 1);
        }
        round_summary& round = rounds[one.round];
        round.round = one.round;
        round.receivers += one.receivers;
        round.delivered += one.delivered;
        round.last_hop = std::max(round.last_hop, one.last_hop);
        const auto last = std::chrono::duration<double, std::milli>(one.last_after).count();
        round.last_ms = std::max(round.last_ms, last);
        payloads[one.round] += one.payloads;
    }
    for (std::size_t i = 0; i < rounds.size(); ++i) {
        if (rounds[i].delivered == 0) continue;
        const auto copies = static_cast<double>(payloads[i]);
        rounds[i].redundancy = copies / static_cast<double>(rounds[i].delivered) - 1;
    }
    return rounds;
}

series_totals totals_of(const std::vector<round_summary>& rounds) {
    series_totals totals;
    for (const round_summary& round : rounds) {
        totals.receivers += round.receivers;
        totals.delivered += round.delivered;
        totals.redundancy += round.redundancy;
        totals.hops += round.last_hop;
        totals.hops_max = std::max(totals.hops_max, round.last_hop);
        totals.last_ms += round.last_ms;
        totals.last_ms_max = std::max(totals.last_ms_max, round.last_ms);
    }
    const auto count = static_cast<double>(rounds.size());
    totals.redundancy /= count;
    totals.hops /= count;
    totals.last_ms /= count;
    return totals;
}

/// The value that `share` of the values do not exceed. Precondition: not empty.
template <class Number>
double percentile(std::vector<Number> values, double share) {
    const auto rank = std::ceil(share * static_cast<double>(values.size()));
    const auto place = static_cast<std::ptrdiff_t>(std::max(rank, 1.0)) - 1;
    std::nth_element(values.begin(), values.begin() + place, values.end());
    return static_cast<double>(values[static_cast<std::size_t>(place)]);
}

double median(std::vector<double> values) {
    return percentile(std::move(values), 0.5);
}

void measure_series(
    const std::string& name,
    const std::vector<round_summary>& rounds,
    const std::vector<float>& delays,
    metric_values& metrics
) {
    const series_totals totals = totals_of(rounds);
    const auto put = [&](std::string_view metric, double value) {
        metrics.push_back({name + "." + std::string(metric), value});
    };
    const auto receivers = static_cast<double>(totals.receivers);
    const auto delivered = static_cast<double>(totals.delivered);
    if (totals.receivers > 0) put("delivery", delivered / receivers);
    put("missed", receivers - delivered);
    put("redundancy", totals.redundancy);
    put("redundancy_last", rounds.back().redundancy);
    put("hops", totals.hops);
    put("hops_max", totals.hops_max);
    put("last_ms", totals.last_ms);
    put("last_ms_max", totals.last_ms_max);
    if (delays.empty()) return;
    put("p50_ms", percentile(delays, 0.5));
    put("p99_ms", percentile(delays, 0.99));
}

void measure_overlay(run_record& record) {
    const auto put = [&](std::string_view name, double value) {
        record.metrics.push_back({std::string(name), value});
    };
    const overlay_summary mesh = summary_of(record.final_overlay);
    put("overlay.degree_mean", mesh.degree_mean);
    put("overlay.degree_min", mesh.degree_min);
    put("overlay.degree_max", mesh.degree_max);
    put("overlay.components", mesh.components);
    put("overlay.outside", mesh.outside);
    put("overlay.one_sided", mesh.one_sided);
    if (record.merge_s) put("overlay.merge_s", *record.merge_s);
    if (record.join_s) put("overlay.join_s", *record.join_s);
}

/// Precondition: somebody was up for a while.
void measure_classes(run_record& record) {
    double all = 0;
    double frames = 0;
    for (std::size_t kind = 0; kind < class_names.size(); ++kind) {
        const double bytes = static_cast<double>(record.sent[kind].bytes) / record.node_seconds;
        const auto name = "cost." + std::string(class_names[kind]) + "_bytes_per_s";
        record.metrics.push_back({name, bytes});
        all += bytes;
        frames += static_cast<double>(record.sent[kind].frames) / record.node_seconds;
    }
    record.metrics.push_back({"cost.frames_per_s", frames});
    record.metrics.push_back({"cost.bytes_per_s", all});
}

void measure_cost(run_record& record) {
    const auto put = [&](std::string_view name, double value) {
        record.metrics.push_back({std::string(name), value});
    };
    double quiet_bytes = 0;
    double quiet_samples = 0;
    for (const mesh_sample& sample : record.samples) {
        if (!sample.is_quiet) continue;
        quiet_bytes += sample.bytes_per_s;
        quiet_samples += 1;
    }
    if (quiet_samples > 0) put("cost.quiet_bytes_per_s", quiet_bytes / quiet_samples);
    measure_classes(record);
    put("cost.frames_dropped", static_cast<double>(record.frames_dropped));
}

void measure_tree(const delivery_log& deliveries, run_record& record) {
    const auto broadcasts = static_cast<double>(deliveries.outcomes().size());
    if (broadcasts == 0) return;
    const auto announce = static_cast<std::size_t>(gossip::proto::traffic_class::announce);
    const auto put = [&](std::string_view name, std::uint64_t count) {
        record.metrics.push_back({std::string(name), static_cast<double>(count) / broadcasts});
    };
    put("tree.grafts", record.grafts);
    put("tree.prunes", record.prunes);
    put("tree.announcements", record.sent[announce].frames);
}

void measure_tables(run_record& record) {
    std::vector<double> entries;
    for (const mesh_sample& sample : record.samples) {
        if (sample.entries_mean > 0) entries.push_back(sample.entries_mean);
    }
    if (entries.empty()) return;
    record.metrics.push_back({"tables.entries_max", static_cast<double>(record.entries_max)});
    const std::size_t quarter = entries.size() / 4;
    if (quarter == 0) return;
    const auto second = entries.begin() + static_cast<std::ptrdiff_t>(quarter);
    const auto last = entries.end() - static_cast<std::ptrdiff_t>(quarter);
    const double early = median({second, second + static_cast<std::ptrdiff_t>(quarter)});
    record.metrics.push_back({"tables.growth", median({last, entries.end()}) / early});
}

}  // namespace

void measure(const scenario& of, const delivery_log& deliveries, run_record& record) {
    for (std::uint32_t series = 0; series < of.traffic.size(); ++series) {
        const std::string& name = of.traffic[series].name;
        record.series.push_back({name, rounds_of(deliveries, series)});
        const auto& rounds = record.series.back().rounds;
        if (rounds.empty()) continue;
        measure_series(name, rounds, deliveries.delays_ms(series), record.metrics);
    }
    measure_overlay(record);
    measure_cost(record);
    measure_tree(deliveries, record);
    measure_tables(record);
}

}  // namespace meshhost::sim
