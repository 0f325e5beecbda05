// SPDX-License-Identifier: Apache-2.0
#include "sim/pictures.hpp"

#include "plot/curve_chart.hpp"
#include "sim/overlay_picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

namespace meshhost::sim {
namespace {

using namespace plot;

struct picture {
    std::string name;
    std::string content;
};

/// The mean over seeds of one number of each round.
template <class Number>
curve curve_of_rounds(const rules_result& of, std::size_t series, Number number) {
    std::vector<double> sums;
    for (const run_record& run : of.runs) {
        const auto& rounds = run.series[series].rounds;
        sums.resize(std::max(sums.size(), rounds.size()));
        for (std::size_t i = 0; i < rounds.size(); ++i)
            sums[i] += number(rounds[i]);
    }
    curve one{std::string(of.rules.name), {}};
    for (std::size_t i = 0; i < sums.size(); ++i) {
        const auto seeds = static_cast<double>(of.runs.size());
        one.points.push_back({static_cast<double>(i + 1), sums[i] / seeds});
    }
    return one;
}

/// The mean over seeds of one number of each sample.
template <class Number>
curve curve_of_samples(const rules_result& of, Number number) {
    curve one{std::string(of.rules.name), {}};
    const auto& first = of.runs.front().samples;
    for (std::size_t i = 0; i < first.size(); ++i) {
        double sum = 0;
        for (const run_record& run : of.runs)
            sum += i < run.samples.size() ? number(run.samples[i]) : 0;
        const double at = std::chrono::duration<double>(first[i].at.time_since_epoch()).count();
        one.points.push_back({at, sum / static_cast<double>(of.runs.size())});
    }
    return one;
}

picture round_plot(
    const campaign_result& result,
    std::size_t series,
    std::string_view what,
    std::string_view y_label,
    double (*number)(const round_summary&)
) {
    const std::string& name = result.settings.traffic[series].name;
    chart drawn{
        fmt::format("{}, {}", result.settings.title, name),
        "round",
        std::string(y_label),
        {}};
    for (const rules_result& one : result.rules)
        drawn.curves.push_back(curve_of_rounds(one, series, number));
    return {fmt::format("{}-{}-{}", result.settings.name, name, what), draw_chart(drawn)};
}

picture sample_plot(
    const campaign_result& result,
    std::string_view what,
    std::string_view y_label,
    double (*number)(const mesh_sample&)
) {
    chart drawn{result.settings.title, "seconds", std::string(y_label), {}};
    for (const rules_result& one : result.rules)
        drawn.curves.push_back(curve_of_samples(one, number));
    return {fmt::format("{}-{}", result.settings.name, what), draw_chart(drawn)};
}

picture overlay_of(const campaign_result& result, const rules_result& one) {
    const run_record& run = one.runs.front();
    const auto& live = run.final_overlay.live;
    const auto first = std::find(live.begin(), live.end(), true);
    const auto middle = static_cast<node_index>(first - live.begin());
    const auto title =
        fmt::format("{}: {} rules, seed {}", result.settings.title, one.rules.name, run.seed);
    return {
        fmt::format("{}-overlay-{}", result.settings.name, one.rules.name),
        draw_overlay(run.final_overlay, middle, title)};
}

std::vector<picture> all_pictures(const campaign_result& result) {
    std::vector<picture> all;
    for (const rules_result& one : result.rules) {
        if (summary_of(one.runs.front().final_overlay).live > 0)
            all.push_back(overlay_of(result, one));
    }
    for (std::size_t series = 0; series < result.settings.traffic.size(); ++series) {
        if (result.settings.traffic[series].rounds < 2) continue;
        const auto redundancy = [](const round_summary& round) { return round.redundancy; };
        const auto last_ms = [](const round_summary& round) { return round.last_ms; };
        const auto* const time_label = "milliseconds until the last receiver has it";
        all.push_back(
            round_plot(result, series, "redundancy", "payloads / receivers - 1", redundancy)
        );
        all.push_back(round_plot(result, series, "time", time_label, last_ms));
    }
    const auto degree = [](const mesh_sample& sample) { return sample.mesh.degree_mean; };
    all.push_back(sample_plot(result, "degree", "mean degree", degree));
    if (!result.settings.faults.empty() || result.settings.churn.to > result.settings.churn.from) {
        const auto outside = [](const mesh_sample& s) {
            return static_cast<double>(s.mesh.outside);
        };
        all.push_back(sample_plot(result, "outside", "nodes outside the largest part", outside));
    }
    return all;
}

}  // namespace

outcome<std::size_t> draw_pictures(
    const campaign_result& result,
    const std::filesystem::path& folder
) {
    std::error_code ignored;  // what is wrong shows when the first file is written
    std::filesystem::create_directories(folder, ignored);
    const std::vector<picture> all = all_pictures(result);
    for (const picture& one : all) {
        const auto file = folder / (one.name + ".svg");
        std::ofstream out(file, std::ios::binary);
        out << one.content;
        out.close();
        if (!out) {
            return failure{
                exit_code::failure,
                "E_PICTURE",
                file.string() + ": cannot be written",
                "--svg names a folder that may be written to"};
        }
    }
    return all.size();
}

}  // namespace meshhost::sim
