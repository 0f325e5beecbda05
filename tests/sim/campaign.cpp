// SPDX-License-Identifier: Apache-2.0
#include "sim/campaign.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace meshhost::sim {
namespace {

/// Every node of a run meets the ids of all others; a cache that holds them all checks each once.
constexpr std::size_t id_slots_per_node = 8;

proto::config fitted(proto::config options, const gossip_settings& settings) {
    if (settings.shuffle_interval > 0s) options.shuffle.interval_min = settings.shuffle_interval;
    return options;
}

}  // namespace

rule_set our_rules() {
    return {"ours", proto::config{}, true};
}
rule_set upstream_rules() {
    return {"upstream", proto::config::upstream(), false};
}

bool campaign_result::is_good() const noexcept {
    return std::all_of(rules.begin(), rules.end(), [](const rules_result& one) {
        return one.is_good();
    });
}

campaign_result campaign::run(const scenario& settings) {
    identities_.reserve(settings.nodes);
    campaign_result result{settings, {}};
    for (const rule_set& rules : how_.rules)
        result.rules.push_back(run_rules(settings, rules));
    return result;
}

rules_result campaign::run_rules(const scenario& settings, const rule_set& rules) {
    rules_result result;
    result.rules = rules;
    std::vector<metric_values> of_seeds;
    for (const std::uint64_t seed : settings.seeds) {
        run_record run = run_seed(settings, rules, seed);
        if (how_.runs_twice && run_seed(settings, rules, seed).trace != run.trace)
            result.violations.push_back(fmt::format("seed {}: two runs differ", seed));
        for (const std::string& what : run.violations)
            result.violations.push_back(fmt::format("seed {}: {}", seed, what));
        of_seeds.push_back(run.metrics);
        result.runs.push_back(std::move(run));
    }
    result.metrics = combined(settings, of_seeds);
    if (rules.keeps_promises) result.broken = check(settings, result.metrics);
    return result;
}

run_record campaign::run_seed(const scenario& settings, const rule_set& rules, std::uint64_t seed) {
    proto::id_cache ids(settings.nodes * id_slots_per_node);
    const proto::config config = fitted(rules.options, settings.gossip);
    simulation one(settings, config, seed, identities_, ids);
    return one.run([&](const progress& so_far) { report_(settings, rules, seed, so_far); });
}

}  // namespace meshhost::sim
