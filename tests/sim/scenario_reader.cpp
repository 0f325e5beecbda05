// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario_reader.hpp"

#include "base/near_miss.hpp"
#include "sim/metric.hpp"
#include "sim/scenario_keys.hpp"

#include <boost/algorithm/string/join.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace meshhost::sim {
namespace {

using config::key_path;
using config::text_position;
using config::toml_item;
using config::toml_type;

constexpr std::string_view expect_table = "expect";

failure failure_at(
    std::string_view origin,
    text_position at,
    std::string_view message,
    std::string hint = {}
) {
    return {
        exit_code::invalid,
        "E_SCENARIO",
        fmt::format("{}:{}:{}: {}", origin, at.line, at.column, message),
        std::move(hint)};
}

bool has_names(std::string_view table) {
    return table == "traffic" || table == "fault";
}

/// The path as the table of keys spells it: "traffic.*.start".
std::string pattern_of(key_path path) {
    if (path.size() > 1 && has_names(path[0])) path[1] = "*";
    return boost::algorithm::join(path, ".");
}

bool is_known_table(const std::string& pattern) {
    const auto keys = scenario_keys();
    return std::any_of(keys.begin(), keys.end(), [&](const scenario_key& key) {
        return key.path.starts_with(pattern + ".");
    });
}

template <class Settings>
Settings* named(std::vector<Settings>& all, const std::string& name) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Settings& one) { return one.name == name; });
    if (found != all.end()) return &*found;
    all.emplace_back().name = name;
    return &all.back();
}

scenario_slot slot_for(scenario& whole, const key_path& path) {
    scenario_slot slot{whole};
    if (path.size() < 2) return slot;
    if (path[0] == "traffic") slot.series = named(whole.traffic, path[1]);
    if (path[0] == "fault") slot.fault = named(whole.faults, path[1]);
    return slot;
}

std::string hint_for(std::string_view typo, const std::vector<std::string>& known) {
    const auto meant = nearest(typo, known);
    return meant ? fmt::format("did you mean {}?", *meant) : std::string();
}

std::vector<std::string> key_names() {
    std::vector<std::string> names;
    for (const scenario_key& key : scenario_keys())
        names.emplace_back(key.path);
    return names;
}

std::optional<failure> read_item(scenario& whole, const toml_item& item, std::string_view origin) {
    const std::string pattern = pattern_of(item.path);
    const bool is_table = item.type == toml_type::table;
    if (is_table && is_known_table(pattern)) {
        slot_for(whole, item.path);  // an empty table names a series or a fault, too
        return std::nullopt;
    }
    for (const scenario_key& key : scenario_keys()) {
        if (key.path != pattern) continue;
        const auto wrong = key.store(slot_for(whole, item.path), item);
        if (!wrong) return std::nullopt;
        return failure_at(origin, item.value_at, pattern + ": " + *wrong);
    }
    const auto message = fmt::format("{}: no such {}", pattern, is_table ? "table" : "key");
    return failure_at(origin, item.key_at, message, hint_for(pattern, key_names()));
}

/// expect.after.delivery.min = 1; the metric's name may as well be one quoted part.
std::optional<failure> read_expectation(
    scenario& whole,
    const toml_item& item,
    std::string_view origin
) {
    if (item.type == toml_type::table) return std::nullopt;
    const key_path& path = item.path;
    const std::string& side = path.back();
    if (path.size() < 3 || (side != "min" && side != "max"))
        return failure_at(origin, item.key_at, "expected expect.<metric>.min or .max");
    const std::string name =
        boost::algorithm::join(key_path(path.begin() + 1, path.end() - 1), ".");
    if (find_metric(whole, name) == nullptr) {
        const auto message = fmt::format("{}: no such metric", name);
        return failure_at(origin, item.key_at, message, hint_for(name, metric_names(whole)));
    }
    if (!item.value.is_number()) return failure_at(origin, item.value_at, "expected a number");
    whole.expectations.push_back(
        {name,
         side == "min" ? bound_kind::at_least : bound_kind::at_most,
         item.value.to_number<double>()}
    );
    return std::nullopt;
}

/// What no single key can get wrong.
std::optional<std::string> contradiction_in(const scenario& whole) {
    const time_point end = time_point(whole.length);
    if (whole.links.latency_max < whole.links.latency_min)
        return "links.latency_max is below links.latency_min";
    if (whole.join.contacts >= whole.nodes) return "join.contacts leaves nobody to join them";
    if (whole.measure_from >= end) return "measure_from is after the end (length)";
    if (whole.sample_every <= 0s) return "sample_every is 0";
    if (whole.churn.to > whole.churn.from && (whole.churn.stays <= 0s || whole.churn.away <= 0s))
        return "churn.stays and churn.away must be more than 0";
    for (const traffic_settings& series : whole.traffic) {
        const time_point last = series.start + series.interval * (series.rounds - 1);
        const bool has_clocks = series.senders == sender_choice::each;
        if (has_clocks ? last + series.interval > end : last >= end)
            return fmt::format("traffic.{} has rounds after the end (length)", series.name);
    }
    if (whole.digests.enabled && !whole.traffic.empty())
        return "digests are traffic of their own: a run has [digests] or [traffic]";
    for (const fault_settings& fault : whole.faults) {
        if (fault.at >= end)
            return fmt::format("fault.{} comes after the end (length)", fault.name);
        if (fault.kind == fault_kind::forge && !whole.digests.enabled)
            return fmt::format("fault.{} forges digests, and there are none", fault.name);
    }
    return std::nullopt;
}

}  // namespace

outcome<scenario> read_scenario(std::string_view text, std::string_view origin) {
    const auto items = config::read_toml(text);
    if (!items) return failure_at(origin, items.error().at, items.error().message);

    scenario whole;
    const auto is_expectation = [](const toml_item& item) { return item.path[0] == expect_table; };
    for (const toml_item& item : *items) {
        if (is_expectation(item)) continue;
        if (auto wrong = read_item(whole, item, origin)) return std::move(*wrong);
    }
    for (const toml_item& item : *items) {  // only now all series have names
        if (!is_expectation(item)) continue;
        if (auto wrong = read_expectation(whole, item, origin)) return std::move(*wrong);
    }
    if (const auto wrong = contradiction_in(whole))
        return failure{exit_code::invalid, "E_SCENARIO", fmt::format("{}: {}", origin, *wrong), ""};
    return whole;
}

outcome<scenario> load_scenario(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::ostringstream text;
    if (!in || !(text << in.rdbuf())) {
        return failure{
            exit_code::invalid,
            "E_SCENARIO",
            file.string() + ": cannot be read",
            "the installed ones are in share/meshhost/scenarios"};
    }
    auto whole = read_scenario(text.str(), file.string());
    if (!whole) return whole;
    whole->name = file.stem().string();
    whole->file = file.string();
    return whole;
}

}  // namespace meshhost::sim
