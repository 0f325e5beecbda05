// SPDX-License-Identifier: Apache-2.0
#pragma once
// The few shapes of SVG 1.1 that the pictures are made of.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::plot {

/// Text between the tags of SVG or HTML: nothing in it is markup.
std::string escaped(std::string_view text);

struct point {
    double x = 0;
    double y = 0;
};

/// Where a picture will be shown.
enum class setting : std::uint8_t {
    file,  ///< by itself: on white, whatever is around it
    page,  ///< in an HTML page: on its ground, in its text colour, be it dark or light
};

/// A picture in the making. Coordinates in pixels, from the upper left corner.
class svg {
public:
    enum class anchor { start, middle, end };

    svg(double width, double height, setting where = setting::file);

    void line(point from, point to, std::string_view colour, double width);
    /// A line to measure by, paler than what is measured.
    void rule(point from, point to);
    /// Drawn through the points in turn.
    void path(const std::vector<point>& through, std::string_view colour, double width);
    void box(point corner, double width, double height, std::string_view colour);
    void circle(point centre, double radius, std::string_view colour);
    /// Escaped. `at` is the baseline.
    void text(point at, std::string_view what, anchor side = anchor::start, double size = 12);

    /// The whole file.
    std::string finish() &&;

private:
    std::string body_;
};

}  // namespace meshhost::plot
