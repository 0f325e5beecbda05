// SPDX-License-Identifier: Apache-2.0
#include "plot/svg.hpp"

#include <fmt/format.h>

#include <iterator>

namespace meshhost::plot {
namespace {

std::string_view word(svg::anchor side) {
    switch (side) {
    case svg::anchor::start:
        return "start";
    case svg::anchor::middle:
        return "middle";
    case svg::anchor::end:
        return "end";
    }
    return "";
}

}  // namespace

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '&')
            out += "&amp;";
        else
            out += c;
    }
    return out;
}

svg::svg(double width, double height, setting where)
    : body_(fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:g} {1:g}\" width=\"{0:g}\" "
        "height=\"{1:g}\" font-family=\"sans-serif\"",
        width,
        height
    )) {
    if (where == setting::page) {
        body_ += " fill=\"currentColor\" role=\"img\">\n";
        return;
    }
    body_ += ">\n";
    box({0, 0}, width, height, "#ffffff");
}

void svg::line(point from, point to, std::string_view colour, double width) {
    path({from, to}, colour, width);
}

void svg::rule(point from, point to) {
    fmt::format_to(
        std::back_inserter(body_),
        "<path stroke=\"#888888\" stroke-opacity=\"0.25\" d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\"/>\n",
        from.x,
        from.y,
        to.x,
        to.y
    );
}

void svg::path(const std::vector<point>& through, std::string_view colour, double width) {
    auto out = std::back_inserter(body_);
    fmt::format_to(
        out,
        "<path fill=\"none\" stroke=\"{}\" stroke-width=\"{:g}\" d=\"",
        colour,
        width
    );
    char step = 'M';
    for (const point& at : through) {
        fmt::format_to(out, "{}{:.1f} {:.1f}", step, at.x, at.y);
        step = 'L';
    }
    body_ += "\"/>\n";
}

void svg::box(point corner, double width, double height, std::string_view colour) {
    if (corner.x != 0 || corner.y != 0)
        fmt::format_to(
            std::back_inserter(body_),
            "<rect x=\"{:.1f}\" y=\"{:.1f}\"",
            corner.x,
            corner.y
        );
    else
        body_ += "<rect";
    fmt::format_to(
        std::back_inserter(body_),
        " width=\"{:g}\" height=\"{:g}\" fill=\"{}\"/>\n",
        width,
        height,
        colour
    );
}

void svg::circle(point centre, double radius, std::string_view colour) {
    fmt::format_to(
        std::back_inserter(body_),
        "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:g}\" fill=\"{}\"/>\n",
        centre.x,
        centre.y,
        radius,
        colour
    );
}

void svg::text(point at, std::string_view what, anchor side, double size) {
    fmt::format_to(
        std::back_inserter(body_),
        "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\" font-size=\"{:g}\">{}</text>\n",
        at.x,
        at.y,
        word(side),
        size,
        escaped(what)
    );
}

std::string svg::finish() && {
    body_ += "</svg>\n";
    return std::move(body_);
}

}  // namespace meshhost::plot
