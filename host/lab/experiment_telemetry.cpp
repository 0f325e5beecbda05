// SPDX-License-Identifier: Apache-2.0
#include "lab/experiment.hpp"
#include "lab/lab_stop.hpp"
#include "lab/measure.hpp"
#include "lab/model/figures_table.hpp"
#include "lab/stream_watchers.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace meshhost::lab {
namespace {

constexpr const char* nobody = "nobody watches";
constexpr const char* one_watcher = "one pulls all meters, 1 s";
constexpr const char* four_each = "four watch every host, 1 s";
constexpr const char* debug_log = "log level debug";
constexpr std::array<const char*, 4> arms{nobody, one_watcher, four_each, debug_log};
constexpr int watchers_each = 4;
constexpr duration watch_settle = 3s;  ///< until what a watcher sets off has begun

struct run {
    std::string arm;
    unsigned round = 0;
    model::window_figures figures;
};

std::vector<watched_stream> streams_for(std::string_view arm, const model::lab_record& lab) {
    std::vector<watched_stream> streams;
    if (arm == one_watcher)
        streams.push_back(
            {lab.socket_of(lab.nodes.back()), "/v1/mesh/meters?follow=true&interval_ms=1000"}
        );
    if (arm == four_each)
        for (const auto& node : lab.nodes)
            for (int i = 0; i < watchers_each; ++i)
                streams.push_back({lab.socket_of(node), "/v1/meters?follow=true&interval_ms=1000"});
    return streams;
}

outcome<run> look_at_arm(
    const experiment_request& asked,
    const char* arm,
    const model::lab_record& lab
) {
    const auto streams = streams_for(arm, lab);
    std::optional<stream_watchers> watchers;
    if (!streams.empty()) {
        auto started = stream_watchers::start(streams);
        if (!started) return started.error();
        watchers.emplace(std::move(*started));
        if (const auto settled = settle(watch_settle); !settled) return settled.error();
    }
    auto figures = measure(lab, asked.window);
    if (!figures) return figures.error();
    return run{arm, 0, std::move(*figures)};
}

/// One lab, and each of `which` on it in turn.
outcome<std::vector<run>> run_lab(
    const experiment_request& asked,
    const std::vector<const char*>& which,
    const std::vector<std::string>& sets,
    const config::surroundings& around,
    progress& shown
) {
    auto request = experiment_lab(asked, "telemetry");
    request.sets = sets;
    auto up = start_lab(request, around, shown);
    if (!up) return up.error();
    std::vector<run> runs;
    std::optional<failure> fault;
    if (const auto settled = settle(asked.settle); !settled) fault = settled.error();
    for (const char* arm : which) {
        if (fault) break;
        auto one = look_at_arm(asked, arm, up->lab);
        if (one)
            runs.push_back(std::move(*one));
        else
            fault = one.error();
    }
    const auto stopped = stop_lab(up->lab, {});
    if (fault) return *fault;
    if (!stopped) return stopped.error();
    return runs;
}

double median_of(
    const std::vector<run>& runs,
    std::string_view arm,
    double (*number)(const model::window_figures&)
) {
    std::vector<double> values;
    for (const run& one : runs)
        if (one.arm == arm) values.push_back(number(one.figures));
    return model::median(std::move(values));
}

double cpu(const model::window_figures& figures) {
    return figures.cpu_percent;
}
double bytes(const model::window_figures& figures) {
    return figures.bytes_per_s.value_or(0);
}

/// More than the work it measures: watching alone takes more CPU than the mesh without it.
std::string finding(const std::vector<run>& runs) {
    const double work = std::max(median_of(runs, nobody, cpu), 1e-6);
    const double one = (median_of(runs, one_watcher, cpu) - work) / work;
    const double four = (median_of(runs, four_each, cpu) - work) / work;
    const double debug = (median_of(runs, debug_log, cpu) - work) / work;
    return fmt::format(
        "The hypothesis that telemetry may cost more than the work it measures is {}: the mesh at "
        "rest takes {:.3f} % of a core; one watcher of all meters adds {:.2f} times that, four "
        "watchers of every host add {:.2f} times that, and logging at debug {:.2f} times.",
        one > 1 || four > 1 ? "supported" : "refuted",
        work,
        one,
        four,
        debug
    );
}

std::vector<std::string> row_of(const std::vector<run>& runs, const char* arm) {
    const double work = std::max(median_of(runs, nobody, cpu), 1e-6);
    const auto other = [](const model::window_figures& f) { return f.other_percent; };
    const auto switches = [](const model::window_figures& f) { return f.switches_per_s; };
    const auto pss = [](const model::window_figures& f) { return f.pss_mib; };
    const double sent = median_of(runs, arm, bytes);
    return {
        arm,
        fmt::format("{:.3f}", median_of(runs, arm, cpu)),
        fmt::format("{:.2f}", median_of(runs, arm, cpu) / work),
        sent > 0 ? fmt::format("{:.0f}", sent) : "not counted",
        fmt::format("{:.0f}", median_of(runs, arm, switches)),
        fmt::format("{:.2f}", median_of(runs, arm, pss)),
        fmt::format("{:.0f}", median_of(runs, arm, other))};
}

plot::chart chart_of(const std::vector<run>& runs) {
    plot::chart drawn{"CPU of all hosts", "round", "% of a core", {}};
    for (const char* arm : arms) {
        plot::curve curve{arm, {}};
        for (const run& one : runs)
            if (one.arm == arm)
                curve.points.push_back({static_cast<double>(one.round), one.figures.cpu_percent});
        drawn.curves.push_back(std::move(curve));
    }
    return drawn;
}

model::report report_of(const experiment_request& asked, const std::vector<run>& runs) {
    model::report report;
    report.title = fmt::format("Telemetry: {} hosts, watched and not", asked.nodes);
    report.lead = finding(runs);
    model::report_table table{
        {"arm",
         "CPU, % of a core",
         "times nobody's",
         "bytes/s on the network",
         "switches/s",
         "PSS, MiB a host",
         "other load, %"},
        {}};
    for (const char* arm : arms)
        table.rows.push_back(row_of(runs, arm));
    const auto seconds = std::chrono::duration<double>(asked.window).count();
    report.sections.push_back(
        {"Figures",
         {fmt::format(
              "Medians of {} rounds, in turn on the same lab, {:.0f} s each; the log level on a "
              "lab "
              "of its own. The watchers' own CPU is in the other load. The mesh is at rest: under "
              "work, the same watching is a smaller share.",
              asked.rounds,
              seconds
          ),
          model::figures_note()},
         {std::move(table)},
         {chart_of(runs)}}
    );
    boost::json::array all;
    for (const run& one : runs)
        all.push_back(boost::json::object{
            {"arm", one.arm},
            {"round", static_cast<std::int64_t>(one.round)},
            {"figures", model::to_json(one.figures)}});
    report.data = {
        {"schema", "meshhost.lab_telemetry/1"},
        {"nodes", static_cast<std::int64_t>(asked.nodes)},
        {"window_s", seconds},
        {"machine", describe_machine()},
        {"finding", report.lead},
        {"runs", std::move(all)}};
    return report;
}

}  // namespace

outcome<model::report> telemetry_experiment(
    const experiment_request& asked,
    const config::surroundings& around,
    progress& shown
) {
    std::vector<run> runs;
    for (unsigned round = 0; round < asked.rounds; ++round) {
        std::vector<const char*> watched{nobody, one_watcher, four_each};
        std::rotate(watched.begin(), watched.begin() + round % watched.size(), watched.end());
        auto quiet = run_lab(asked, watched, {}, around, shown);
        if (!quiet) return quiet.error();
        auto debug = run_lab(asked, {debug_log}, {"log.level=debug"}, around, shown);
        if (!debug) return debug.error();
        quiet->insert(quiet->end(), debug->begin(), debug->end());
        for (run& one : *quiet) {
            one.round = round + 1;
            runs.push_back(std::move(one));
        }
        shown.show("rounds measured", round + 1, asked.rounds);
    }
    return report_of(asked, runs);
}

}  // namespace meshhost::lab
