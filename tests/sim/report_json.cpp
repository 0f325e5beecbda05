// SPDX-License-Identifier: Apache-2.0
#include "sim/report_json.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

namespace meshhost::sim {
namespace {

namespace json = boost::json;

json::object metrics_json(const metric_values& metrics) {
    json::object out;
    for (const metric_value& one : metrics)
        out[one.name] = one.value;
    return out;
}

json::object run_json(const run_record& run) {
    return {
        {"seed", run.seed},
        {"trace", fmt::format("{:016x}", run.trace)},
        {"events", run.events},
        {"metrics", metrics_json(run.metrics)},
    };
}

json::object rules_json(const rules_result& result) {
    json::array missed;
    for (const broken_promise& broken : result.broken)
        missed.emplace_back(sentence(broken));
    json::array wrong(result.violations.begin(), result.violations.end());
    json::array runs;
    for (const run_record& run : result.runs)
        runs.emplace_back(run_json(run));
    return {
        {"metrics", metrics_json(result.metrics)},
        {"missed", std::move(missed)},
        {"wrong", std::move(wrong)},
        {"runs", std::move(runs)},
    };
}

}  // namespace

json::object json_report(const campaign_result& result) {
    json::object rules;
    for (const rules_result& one : result.rules)
        rules[one.rules.name] = rules_json(one);
    const scenario& of = result.settings;
    return {
        {"scenario", of.name},
        {"title", of.title},
        {"nodes", of.nodes},
        {"seeds", json::array(of.seeds.begin(), of.seeds.end())},
        {"good", result.is_good()},
        {"rules", std::move(rules)},
    };
}

}  // namespace meshhost::sim
