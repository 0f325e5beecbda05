// SPDX-License-Identifier: Apache-2.0
#pragma once
// Plays a scenario: makes its lab, takes its steps, ends the lab.
#include "config/surroundings.hpp"
#include "lab/chaos.hpp"
#include "lab/lab_start.hpp"
#include "lab/model/measurement.hpp"
#include "lab/model/scenario.hpp"

#include <functional>

namespace meshhost::lab {

struct run_request {
    model::scenario scenario;
    lab_choice where;
    bool keep_lab = false;  ///< leave it running, for a closer look
    /// Every deed and verdict is told.
    chaos_observer& observer;
    /// While the lab is still there; may be empty.
    std::function<outcome<void>(const model::lab_record& lab)> before_end;
};

struct measured_window {
    std::string label;
    model::window_figures figures;
};

struct run_result {
    model::lab_record lab;
    std::string title;
    boot_times boot;
    std::vector<chaos_result> deeds;
    std::vector<measured_window> windows;

    bool passed() const;
};

/// Errors: those of start_lab and break_lab; then the lab is gone.
outcome<run_result> run_scenario(
    const run_request& asked,
    const config::surroundings& around,
    progress& shown
);

boost::json::object to_json(const run_result& result);

/// Measures, and adds the figures to what the lab's directory keeps for its report.
outcome<model::window_figures> measure_and_note(
    const model::lab_record& lab,
    const std::string& label,
    duration window
);

}  // namespace meshhost::lab
