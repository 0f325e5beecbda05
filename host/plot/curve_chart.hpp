// SPDX-License-Identifier: Apache-2.0
#pragma once
// Curves over one axis, as a picture.
#include "plot/svg.hpp"

#include <string>
#include <vector>

namespace meshhost::plot {

struct curve {
    std::string label;
    std::vector<point> points;  ///< in the units of the axes, x ascending
};

struct chart {
    std::string title;
    std::string x_label;
    std::string y_label;
    std::vector<curve> curves;
};

/// The whole SVG. y starts at 0; curves without points are left out.
std::string draw_chart(const chart& what, setting where = setting::file);

}  // namespace meshhost::plot
