// SPDX-License-Identifier: Apache-2.0
#include "plot/curve_chart.hpp"
#include "support/catch.hpp"

using namespace meshhost::plot;

namespace {

std::size_t count(const std::string& text, std::string_view part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++found;
    return found;
}

const chart two{"A < B", "x", "y", {{"one", {{0, 1}, {1, 2}}}, {"none", {}}}};

}  // namespace

TEST_CASE(
    "chart: a file is on white, a page's takes the ground and the colour around it",
    "[plot]"
) {
    const auto file = draw_chart(two);
    const auto page = draw_chart(two, setting::page);
    CHECK(count(file, "#ffffff") == 1);
    CHECK(count(file, "currentColor") == 0);
    CHECK(count(page, "#ffffff") == 0);
    CHECK(count(page, "fill=\"currentColor\"") == 1);
}

TEST_CASE("chart: text is escaped, a curve without points is left out", "[plot]") {
    const auto drawn = draw_chart(two);
    CHECK(count(drawn, "A &lt; B") == 1);
    CHECK(count(drawn, ">one<") == 1);
    CHECK(count(drawn, ">none<") == 0);
    CHECK(drawn.starts_with("<svg xmlns="));
    CHECK(drawn.ends_with("</svg>\n"));
}

TEST_CASE("chart: nothing to draw is an empty chart, and so is a single point", "[plot]") {
    CHECK(draw_chart({"t", "x", "y", {}}).find("nan") == std::string::npos);
    CHECK(draw_chart({"t", "x", "y", {{"c", {{5, 0}}}}}).find("nan") == std::string::npos);
}
