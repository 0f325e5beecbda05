// SPDX-License-Identifier: Apache-2.0
#pragma once
// Measured windows as a table.
#include "lab/model/measurement.hpp"
#include "lab/model/report.hpp"

#include <string>
#include <utility>
#include <vector>

namespace meshhost::lab::model {

/// What each figure is and where it comes from, in a paragraph.
std::string figures_note();

/// A row a window, under its label.
report_table figures_table(const std::vector<std::pair<std::string, window_figures>>& windows);

}  // namespace meshhost::lab::model
