// SPDX-License-Identifier: Apache-2.0
// `mesh_sim`: runs gossip scenarios and says whether they keep their promises.
#include "sim/options.hpp"
#include "sim/pictures.hpp"
#include "sim/report_json.hpp"
#include "sim/report_text.hpp"
#include "sim/scenario_reader.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <chrono>
#include <iostream>

namespace {

using namespace meshhost;

int fail(const failure& why) {
    if (why.exit == exit_code::ok) {
        std::cout << why.message;
        return 0;
    }
    std::cerr << fmt::format("mesh_sim: {} ({})\n", why.message, why.code);
    if (!why.hint.empty()) std::cerr << fmt::format("  {}\n", why.hint);
    return static_cast<int>(why.exit);
}

void say_progress(
    const sim::scenario& of,
    const sim::rule_set& rules,
    std::uint64_t seed,
    const sim::progress& so_far
) {
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(so_far.simulated.time_since_epoch());
    std::cerr << fmt::format(
        "{} ({}, seed {}): {} s simulated, {} million events\n",
        of.name,
        rules.name,
        seed,
        seconds.count(),
        so_far.events / 1'000'000
    );
}

std::vector<sim::rule_set> rules_for(sim::rules_choice choice) {
    switch (choice) {
    case sim::rules_choice::ours:
        return {sim::our_rules()};
    case sim::rules_choice::upstream:
        return {sim::upstream_rules()};
    case sim::rules_choice::both:
        break;
    }
    return {sim::our_rules(), sim::upstream_rules()};
}

std::string report_of(const sim::campaign_result& result, const sim::options& how) {
    if (how.trace_only) return sim::trace_lines(result);
    if (how.json) return boost::json::serialize(sim::json_report(result)) + "\n";
    return sim::text_report(result);
}

/// Before the first one runs: a run may take minutes.
outcome<std::vector<sim::scenario>> load_all(const sim::options& how) {
    std::vector<sim::scenario> all;
    for (const auto& file : how.scenarios) {
        auto settings = sim::load_scenario(file);
        if (!settings) return settings.error();
        if (!how.seeds.empty()) settings->seeds = how.seeds;
        all.push_back(std::move(*settings));
    }
    return all;
}

int run(const sim::options& how) {
    const auto silent = [](auto&&...) {};
    sim::campaign campaign(
        {rules_for(how.rules), how.runs_twice},
        how.shows_progress ? sim::campaign_progress(say_progress) : sim::campaign_progress(silent)
    );
    const auto scenarios = load_all(how);
    if (!scenarios) return fail(scenarios.error());
    bool is_good = true;
    for (const auto& settings : *scenarios) {
        const auto result = campaign.run(settings);
        std::cout << report_of(result, how) << std::flush;
        is_good = is_good && result.is_good();
        if (how.svg_folder.empty()) continue;
        if (const auto drawn = sim::draw_pictures(result, how.svg_folder); !drawn)
            return fail(drawn.error());
    }
    return static_cast<int>(is_good ? exit_code::ok : exit_code::assertion_failed);
}

}  // namespace

int main(int argc, char** argv) {
    const auto given = sim::parse_options(argc, argv);
    return given ? run(*given) : fail(given.error());
}
