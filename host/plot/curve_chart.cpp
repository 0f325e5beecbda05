// SPDX-License-Identifier: Apache-2.0
#include "plot/curve_chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace meshhost::plot {
namespace {

constexpr double width = 720;
constexpr double height = 360;
constexpr double left = 64;
constexpr double right = 696;
constexpr double top = 44;
constexpr double bottom = 312;
constexpr std::string_view axis_colour = "#777777";  ///< seen on white and on black

/// Told apart by people who see no red or no green, too (Okabe and Ito).
constexpr std::array<std::string_view, 6>
    colours{"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"};

/// What the axes span, in their own units.
struct range {
    double x_min = 0;
    double x_max = 1;
    double y_max = 1;

    point place(const point& at) const {
        return {
            left + (at.x - x_min) / (x_max - x_min) * (right - left),
            bottom - at.y / y_max * (bottom - top)};
    }
};

/// A step of 1, 2 or 5 times a power of ten that cuts `span` into four to ten.
double tick_step(double span) {
    const double rough = span / 8;
    const double power = std::pow(10.0, std::floor(std::log10(rough)));
    for (const double step : {1.0, 2.0, 5.0}) {
        if (step * power >= rough) return step * power;
    }
    return 10 * power;
}

range range_of(const chart& what) {
    range all;
    bool first = true;
    for (const curve& one : what.curves) {
        for (const point& at : one.points) {
            all.x_min = first ? at.x : std::min(all.x_min, at.x);
            all.x_max = first ? at.x : std::max(all.x_max, at.x);
            all.y_max = first ? at.y : std::max(all.y_max, at.y);
            first = false;
        }
    }
    if (all.x_max <= all.x_min) all.x_max = all.x_min + 1;
    const double step = tick_step(all.y_max > 0 ? all.y_max : 1);
    all.y_max = std::max(step, std::ceil(all.y_max / step) * step);
    return all;
}

void draw_axes(svg& picture, const chart& what, const range& all) {
    const double y_step = tick_step(all.y_max);
    for (double y = 0; y <= all.y_max + y_step / 2; y += y_step) {
        const point at = all.place({all.x_min, y});
        picture.rule(at, {right, at.y});
        picture.text({left - 6, at.y + 4}, fmt::format("{:g}", y), svg::anchor::end, 11);
    }
    const double x_step = tick_step(all.x_max - all.x_min);
    const double x_first = std::ceil(all.x_min / x_step) * x_step;
    for (double x = x_first; x <= all.x_max + x_step / 1000; x += x_step) {
        const point at = all.place({x, 0});
        picture.line(at, {at.x, bottom + 4}, axis_colour, 1);
        picture.text({at.x, bottom + 17}, fmt::format("{:g}", x), svg::anchor::middle, 11);
    }
    picture.line({left, bottom}, {right, bottom}, axis_colour, 1);
    picture.text({left, 20}, what.title, svg::anchor::start, 14);
    picture.text({left, top - 8}, what.y_label, svg::anchor::start, 11);
    picture.text({right, bottom + 34}, what.x_label, svg::anchor::end, 11);
}

}  // namespace

std::string draw_chart(const chart& what, setting where) {
    svg picture(width, height, where);
    const range all = range_of(what);
    draw_axes(picture, what, all);
    double legend_x = left;
    for (std::size_t i = 0; i < what.curves.size(); ++i) {
        const curve& one = what.curves[i];
        const std::string_view colour = colours[i % colours.size()];
        std::vector<point> placed;
        for (const point& at : one.points)
            placed.push_back(all.place(at));
        if (placed.empty()) continue;
        picture.path(placed, colour, 2);
        picture.line({legend_x, height - 12}, {legend_x + 18, height - 12}, colour, 3);
        picture.text({legend_x + 24, height - 8}, one.label, svg::anchor::start, 12);
        legend_x += 44 + 6.6 * static_cast<double>(one.label.size());
    }
    return std::move(picture).finish();
}

}  // namespace meshhost::plot
