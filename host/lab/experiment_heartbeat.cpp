// SPDX-License-Identifier: Apache-2.0
#include "lab/experiment.hpp"
#include "lab/freshness.hpp"
#include "lab/lab_stop.hpp"
#include "lab/measure.hpp"
#include "lab/model/figures_table.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace meshhost::lab {
namespace {

constexpr std::array<const char*, 3> emits{"change", "interval:500ms", "interval:2s"};

struct run {
    std::string emit;
    unsigned round = 0;
    boot_times boot;
    model::window_figures figures;
    freshness fresh;
};

outcome<run> run_once(
    const experiment_request& asked,
    const char* emit,
    const config::surroundings& around,
    progress& shown
) {
    auto request = experiment_lab(asked, "heartbeat");
    request.emit = emit;
    auto up = start_lab(request, around, shown);
    if (!up) return up.error();
    const auto finish = [&](const failure& why) -> outcome<run> {
        static_cast<void>(stop_lab(up->lab, {}));
        return why;
    };
    if (const auto settled = settle(asked.settle); !settled) return finish(settled.error());
    auto figures = measure(up->lab, asked.window);
    if (!figures) return finish(figures.error());
    run done{emit, 0, up->boot, std::move(*figures), measure_freshness(up->lab)};
    if (const auto stopped = stop_lab(up->lab, {}); !stopped) return stopped.error();
    return done;
}

boost::json::object to_json(const run& one) {
    return {
        {"emit", one.emit},
        {"round", static_cast<std::int64_t>(one.round)},
        {"boot", to_json(one.boot)},
        {"figures", model::to_json(one.figures)},
        {"freshness", to_json(one.fresh)}};
}

template <class Number>
double median_of(const std::vector<run>& runs, std::string_view emit, Number number) {
    std::vector<double> values;
    for (const run& one : runs)
        if (one.emit == emit) values.push_back(number(one));
    return model::median(std::move(values));
}

double cpu(const run& one) {
    return one.figures.cpu_percent;
}
double bytes(const run& one) {
    return one.figures.bytes_per_s.value_or(0);
}
double datagrams(const run& one) {
    return one.figures.datagrams_per_s.value_or(0);
}
double lag(const run& one) {
    return one.fresh.lag_mean;
}
double news_ms(const run& one) {
    return one.fresh.news_ms.value_or(0);
}

std::vector<std::string> row_of(const std::vector<run>& runs, const std::string& emit) {
    const auto figure = [&](auto number, const char* form) {
        return fmt::format(fmt::runtime(form), median_of(runs, emit, number));
    };
    const auto boot = [](const run& one) {
        return std::chrono::duration<double, std::milli>(one.boot.all_heard).count();
    };
    const auto pss = [](const run& one) { return one.figures.pss_mib; };
    const auto other = [](const run& one) { return one.figures.other_percent; };
    const bool has_bytes = median_of(runs, emit, bytes) > 0;
    const bool has_news = median_of(runs, emit, news_ms) > 0;
    return {
        emit,
        figure(cpu, "{:.3f}"),
        figure(datagrams, "{:.1f}"),
        has_bytes ? figure(bytes, "{:.0f}") : "not counted",
        figure(pss, "{:.2f}"),
        figure(lag, "{:.3f}"),
        has_news ? figure(news_ms, "{:.0f}") : "not measured",
        figure(boot, "{:.0f}"),
        figure(other, "{:.0f}")};
}

/// Too aggressive: it costs a multiple, and news does not come in half the time for it.
std::string finding(const std::vector<run>& runs) {
    const double cpu_ratio =
        median_of(runs, emits[1], cpu) / std::max(median_of(runs, emits[0], cpu), 1e-6);
    const double datagram_ratio =
        median_of(runs, emits[1], datagrams) / std::max(median_of(runs, emits[0], datagrams), 1e-6);
    const double slow_ratio =
        median_of(runs, emits[2], cpu) / std::max(median_of(runs, emits[0], cpu), 1e-6);
    const double news_of_change = median_of(runs, emits[0], news_ms);
    const double news_of_interval = median_of(runs, emits[1], news_ms);
    const bool is_fresher = news_of_interval > 0 && news_of_interval < news_of_change / 2;
    const bool is_supported = cpu_ratio >= 2 && !is_fresher;
    const auto news = news_of_interval > 0
                          ? fmt::format(
                              "a change is known everywhere after {:.0f} ms instead of {:.0f} ms",
                              news_of_interval,
                              news_of_change
                          )
                          : fmt::format(
                              "what one knows of another lags by {:.2f} records instead of {:.2f}",
                              median_of(runs, emits[1], lag),
                              median_of(runs, emits[0], lag)
                          );
    return fmt::format(
        "The hypothesis that a full-state broadcast every 500 ms is too aggressive is {}: against "
        "telling only what changes it takes {:.1f} times the CPU and {:.1f} times the datagrams "
        "(2 s: {:.1f} times the CPU), and {}.",
        is_supported ? "supported" : "refuted",
        cpu_ratio,
        datagram_ratio,
        slow_ratio,
        news
    );
}

plot::chart chart_of(
    const std::vector<run>& runs,
    const char* title,
    const char* unit,
    double (*number)(const run&)
) {
    plot::chart drawn{title, "round", unit, {}};
    for (const char* emit : emits) {
        plot::curve curve{emit, {}};
        for (const run& one : runs)
            if (one.emit == emit)
                curve.points.push_back({static_cast<double>(one.round), number(one)});
        drawn.curves.push_back(std::move(curve));
    }
    return drawn;
}

model::report report_of(const experiment_request& asked, const std::vector<run>& runs) {
    model::report report;
    report.title = fmt::format("Heartbeat: {} hosts, told by change or by the clock", asked.nodes);
    report.lead = finding(runs);
    model::report_table table{
        {"emit",
         "CPU, % of a core",
         "datagrams/s",
         "bytes/s",
         "PSS, MiB a host",
         "lag, records",
         "change known, ms",
         "all heard, ms",
         "other load, %"},
        {}};
    for (const char* emit : emits)
        table.rows.push_back(row_of(runs, emit));
    const auto seconds = std::chrono::duration<double>(asked.window).count();
    report.sections.push_back(
        {"Figures",
         {fmt::format(
              "Medians of {} rounds, in turn; each round boots a lab, lets it settle, and looks "
              "for "
              "{:.0f} s. All hosts together unless it says otherwise.",
              asked.rounds,
              seconds
          ),
          model::figures_note()},
         {std::move(table)},
         {chart_of(runs, "CPU of all hosts", "% of a core", cpu),
          chart_of(runs, "Datagrams sent by all hosts", "datagrams/s", datagrams)}}
    );
    boost::json::array all;
    for (const run& one : runs)
        all.push_back(to_json(one));
    report.data = {
        {"schema", "meshhost.lab_heartbeat/1"},
        {"nodes", static_cast<std::int64_t>(asked.nodes)},
        {"window_s", seconds},
        {"machine", describe_machine()},
        {"finding", report.lead},
        {"runs", std::move(all)}};
    return report;
}

}  // namespace

outcome<model::report> heartbeat_experiment(
    const experiment_request& asked,
    const config::surroundings& around,
    progress& shown
) {
    std::vector<run> runs;
    const std::size_t total = emits.size() * asked.rounds;
    for (unsigned round = 0; round < asked.rounds; ++round) {
        for (std::size_t i = 0; i < emits.size(); ++i) {
            // Each goes first once, so that none has always the warmer machine.
            const char* emit = emits[(i + round) % emits.size()];
            auto one = run_once(asked, emit, around, shown);
            if (!one) return one.error();
            one->round = round + 1;
            runs.push_back(std::move(*one));
            shown.show("labs measured", runs.size(), total);
        }
    }
    return report_of(asked, runs);
}

}  // namespace meshhost::lab
