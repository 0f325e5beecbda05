// SPDX-License-Identifier: Apache-2.0
#pragma once
// The few shapes of SVG 1.1 that the pictures are made of.
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::sim {

struct point {
    double x = 0;
    double y = 0;
};

/// A picture in the making. Coordinates in pixels, from the upper left corner.
class svg {
public:
    enum class anchor { start, middle, end };

    svg(double width, double height);

    void line(point from, point to, std::string_view colour, double width);
    /// Drawn through the points in turn.
    void path(const std::vector<point>& through, std::string_view colour, double width);
    void circle(point centre, double radius, std::string_view colour);
    /// Escaped. `at` is the baseline.
    void text(point at, std::string_view what, anchor side = anchor::start, double size = 12);

    /// The whole file.
    std::string finish() &&;

private:
    std::string body_;
};

}  // namespace meshhost::sim
