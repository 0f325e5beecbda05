// SPDX-License-Identifier: Apache-2.0
#include "lab/scenario_run.hpp"

#include "http/envelope.hpp"
#include "lab/experiment.hpp"
#include "lab/lab_stop.hpp"
#include "lab/measure.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace meshhost::lab {
namespace {

constexpr const char* windows_name = "windows.ndjson";

outcome<void> take_step(
    const run_request& asked,
    const model::scenario_step& step,
    run_result& result
) {
    switch (step.kind) {
    case model::step_kind::wait:
        return settle(step.lasts);
    case model::step_kind::measure: {
        asked.observer.on_deed("measure " + step.label);
        auto figures = measure_and_note(result.lab, step.label, step.lasts);
        if (!figures) return figures.error();
        result.windows.push_back({step.label, std::move(*figures)});
        return {};
    }
    case model::step_kind::chaos: {
        auto done = break_lab(result.lab.dir, {step.action, step.expected}, asked.observer);
        if (!done) return done.error();
        result.deeds.push_back(std::move(*done));
        // Restarts have changed it.
        if (auto lab = load_lab(result.lab.dir)) result.lab = std::move(*lab);
        return {};
    }
    }
    return {};
}

outcome<void> take_steps(const run_request& asked, run_result& result, progress& shown) {
    if (const auto settled = settle(asked.scenario.settle); !settled) return settled.error();
    std::size_t taken = 0;
    for (const auto& step : asked.scenario.steps) {
        if (const auto done = take_step(asked, step, result); !done) return done.error();
        shown.show("steps taken", ++taken, asked.scenario.steps.size());
    }
    const auto kept =
        write_file(result.lab.dir / "run.json", boost::json::serialize(to_json(result)) + "\n");
    if (!kept || !asked.before_end) return kept;
    return asked.before_end(result.lab);
}

}  // namespace

bool run_result::passed() const {
    return std::all_of(deeds.begin(), deeds.end(), [](const auto& one) { return one.passed(); });
}

outcome<run_result> run_scenario(
    const run_request& asked,
    const config::surroundings& around,
    progress& shown
) {
    up_request up;
    up.where = asked.where;
    up.nodes = asked.scenario.nodes;
    up.seed = asked.scenario.seed;
    up.emit = asked.scenario.emit;
    up.sets = asked.scenario.sets;
    up.has_relay = asked.scenario.has_relay;
    auto running = start_lab(up, around, shown);
    if (!running) return running.error();
    run_result result{running->lab, asked.scenario.title, running->boot, {}, {}};
    const auto booted = note_boot(running->lab, running->boot);
    const auto done = booted ? take_steps(asked, result, shown) : booted;
    if (done && asked.keep_lab) {
        if (const auto released = running->keeper.release(); !released) return released.error();
        return result;
    }
    const auto stopped = stop_lab(running->lab, {});
    if (!done) return done.error();
    if (!stopped) return stopped.error();
    return result;
}

boost::json::object to_json(const run_result& result) {
    boost::json::array deeds;
    for (const auto& one : result.deeds)
        deeds.push_back(to_json(one));
    boost::json::array windows;
    for (const auto& one : result.windows)
        windows.push_back(
            boost::json::object{{"label", one.label}, {"figures", model::to_json(one.figures)}}
        );
    return {
        {"title", result.title},
        {"lab", result.lab.name},
        {"nodes", static_cast<std::int64_t>(result.lab.nodes.size())},
        {"seed", std::to_string(result.lab.seed)},
        {"passed", result.passed()},
        {"boot", to_json(result.boot)},
        {"deeds", std::move(deeds)},
        {"windows", std::move(windows)}};
}

outcome<model::window_figures> measure_and_note(
    const model::lab_record& lab,
    const std::string& label,
    duration window
) {
    auto figures = measure(lab, window);
    if (!figures) return figures;
    const boost::json::object noted{
        {"label", label},
        {"at", http::format_time(std::chrono::system_clock::now())},
        {"figures", model::to_json(*figures)}};
    const auto kept = append_line(lab.dir / windows_name, boost::json::serialize(noted));
    if (!kept) return kept.error();
    return figures;
}

}  // namespace meshhost::lab
