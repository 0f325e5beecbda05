// SPDX-License-Identifier: Apache-2.0
#pragma once
// One scenario under one or more sets of rules, over all its seeds, and whether it kept its
// promises.
#include "gossip/proto/config.hpp"
#include "sim/identity_pool.hpp"
#include "sim/run_record.hpp"
#include "sim/simulation.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::sim {

/// A configuration by its name in reports.
struct rule_set {
    std::string_view name;
    proto::config options;
    bool keeps_promises = true;  ///< the scenario's expectations are about these rules
};

rule_set our_rules();
/// iroh-gossip 0.101 as it is: shown beside ours, promised nothing.
rule_set upstream_rules();

/// All seeds under one set of rules.
struct rules_result {
    rule_set rules;
    std::vector<run_record> runs;  ///< one a seed, in the scenario's order
    metric_values metrics;         ///< of all seeds, combined as metric.hpp says
    std::vector<broken_promise> broken;
    std::vector<std::string> violations;  ///< with their seeds

    bool is_good() const noexcept { return broken.empty() && violations.empty(); }
};

struct campaign_result {
    scenario settings;
    std::vector<rules_result> rules;

    bool is_good() const noexcept;
};

/// Called now and then while a run goes on.
using campaign_progress =
    std::function<void(const scenario&, const rule_set&, std::uint64_t seed, const progress&)>;

struct campaign_options {
    std::vector<rule_set> rules;
    bool runs_twice = false;  ///< each seed again: its trace must be the same
};

class campaign {
public:
    campaign(campaign_options how, campaign_progress report)
        : how_(std::move(how))
        , report_(std::move(report)) {}

    campaign_result run(const scenario& settings);

private:
    rules_result run_rules(const scenario& settings, const rule_set& rules);
    run_record run_seed(const scenario& settings, const rule_set& rules, std::uint64_t seed);

    campaign_options how_;
    campaign_progress report_;
    identity_pool identities_;
};

}  // namespace meshhost::sim
