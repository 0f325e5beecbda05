// SPDX-License-Identifier: Apache-2.0
// Hole punching between every two kinds of network, over and over: punch_sim [--first N] [--count
// N]. Each seed is a schedule; every run has to end direct where the NATs permit it, else relayed
// with the right reason. A seed that does not is printed, and what replays it.
#include "sim/punch/punch_world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include <CLI/CLI.hpp>

namespace {

using namespace meshhost;
using namespace meshhost::sim;

constexpr std::size_t failures_shown = 20;

struct tally {
    std::uint64_t runs = 0;
    std::uint64_t wrong = 0;
    std::uint64_t direct = 0;
    std::vector<std::int64_t> calm_ms;  ///< until direct, where nothing went wrong
    std::uint64_t trace = 0;
};

void count(tally& all, const punch_schedule& schedule, const punch_outcome& out) {
    ++all.runs;
    all.trace = mixed(all.trace ^ out.trace);
    if (nat::proto::is_direct(out.said[0].why)) ++all.direct;
    if (schedule.is_calm() && out.direct_after) all.calm_ms.push_back(*out.direct_after / 1ms);
    if (out.is_right) return;
    if (++all.wrong > failures_shown) return;
    fmt::print("WRONG: {}\n  {}\n", out.what, describe(schedule));
    fmt::print(
        "  client {}, server {}; again: punch_sim --first {} --count 1 --trace\n",
        to_string(out.said[0]),
        to_string(out.said[1]),
        schedule.seed
    );
}

std::int64_t percentile(std::vector<std::int64_t>& of, double share) {
    if (of.empty()) return 0;
    std::sort(of.begin(), of.end());
    return of[static_cast<std::size_t>(share * static_cast<double>(of.size() - 1))];
}

}  // namespace

int main(int argc, char** argv) {
    std::uint64_t first = 1;
    std::uint64_t count_of = 1000;
    bool is_traced = false;
    bool is_repeated = false;
    CLI::App app("Simulates hole punching, a schedule a seed.");
    app.add_option("--first", first, "the first seed");
    app.add_option("--count", count_of, "how many");
    app.add_flag("--trace", is_traced, "say what happens");
    app.add_flag("--twice", is_repeated, "run each twice: the same must happen");
    CLI11_PARSE(app, argc, argv);
    tally all;
    for (std::uint64_t seed = first; seed < first + count_of; ++seed) {
        const punch_schedule schedule = draw_schedule(seed);
        if (is_traced) fmt::print(stderr, "{}\n", describe(schedule));
        punch_world world(schedule);
        if (is_traced) world.set_traced();
        punch_outcome out = world.run();
        if (is_repeated && punch_world(schedule).run().trace != out.trace) {
            out.is_right = false;
            out.what = "a second run was another";
        }
        count(all, schedule, out);
    }
    fmt::print(
        "{} schedules: {} direct, {} relayed, {} wrong; trace {:016x}\n",
        all.runs,
        all.direct,
        all.runs - all.direct,
        all.wrong,
        all.trace
    );
    fmt::print(
        "direct without faults after: median {} ms, 99 % {} ms, most {} ms\n",
        percentile(all.calm_ms, 0.5),
        percentile(all.calm_ms, 0.99),
        percentile(all.calm_ms, 1)
    );
    return all.wrong == 0 ? 0 : 9;
}
