// SPDX-License-Identifier: Apache-2.0
#include "observe/proto/series_window.hpp"
#include "support/catch.hpp"

using namespace meshhost::observe::proto;
using namespace std::chrono_literals;

namespace {

using values = std::vector<std::optional<double>>;

const values ten{0, 1, 2, std::nullopt, 4, 5, 6, std::nullopt, std::nullopt, 9};
const series_axis axis{21s, 2s};  // from 3 s on

series_part part(series_window wanted) {
    return part_of(ten, axis, wanted);
}

}  // namespace

TEST_CASE("observe: a part of a series is what lies between its ends", "[observe]") {
    const auto whole = part({0s, 100s, 2s});
    CHECK(whole.values == ten);
    CHECK(whole.axis.end == 21s);
    const auto some = part({7s, 13s, 2s});
    CHECK(some.values == values{2, std::nullopt, 4, 5});
    CHECK(some.axis.end == 13s);
    CHECK(part({7001ms, 12999ms, 2s}).values == values{std::nullopt, 4});
    CHECK(part({22s, 100s, 2s}).values.empty());
    CHECK(part({0s, 2s, 2s}).values.empty());
    CHECK(part({13s, 7s, 2s}).values.empty());
    CHECK(part_of({}, axis, {0s, 100s, 2s}).values.empty());
}

TEST_CASE("observe: longer steps are means of what is known, and lie on one grid", "[observe]") {
    // Of 3 and 5 s until 6, of 7 to 11 until 12, of 13 to 17 until 18, of 19 and 21 until 24.
    const auto all = part({0s, 100s, 6s});
    CHECK(all.values == values{0.5, 3, 5.5, 9});
    CHECK(all.axis.end == 24s);
    CHECK(all.axis.step == 6s);
    const auto later = part({7s, 100s, 6s});
    CHECK(later.values == values{3, 5.5, 9});
    CHECK(later.axis.end == 24s);
    CHECK(part({0s, 100s, 100s}).values.size() == 1);
    CHECK(part({17s, 19s, 4s}).values == values{std::nullopt});
    // A value that is of the end of a step belongs to it: 2, 4 and 6 s.
    const auto even = part_of(ten, {20s, 2s}, {0s, 100s, 6s});
    CHECK(even.values == values{1, 4.5, 6, 9});
    CHECK(even.axis.end == 24s);
}
