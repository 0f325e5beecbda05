// SPDX-License-Identifier: Apache-2.0
#include "lab/model/scenario.hpp"

#include "base/near_miss.hpp"
#include "config/duration_text.hpp"
#include "config/toml_reader.hpp"
#include "lab/model/cast.hpp"

#include <boost/algorithm/string/join.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace meshhost::lab::model {
namespace {

using config::text_position;
using config::toml_item;

const std::vector<std::string> lab_keys{"nodes", "seed", "emit", "set", "settle", "relay"};
const std::vector<std::string> step_keys{"chaos", "expect", "measure", "wait", "for"};
const std::vector<std::string> top_keys{"title", "lab", "step"};

/// Collects the first thing that is wrong, with its place.
class scenario_reader {
public:
    explicit scenario_reader(std::string_view file)
        : file_(file) {}

    outcome<scenario> read(std::string_view text);

private:
    void read_item(const toml_item& item);
    void read_lab_key(const toml_item& item);
    void read_steps(const toml_item& item);
    void read_step(const boost::json::object& step, text_position at);
    void read_chaos(const boost::json::object& step, scenario_step& out, text_position at);

    void complain(text_position at, std::string message, std::string hint = "");
    void unknown_key(
        text_position at,
        std::string_view key,
        const std::vector<std::string>& known,
        std::string_view where
    );
    std::optional<std::string> text_of(const boost::json::value& value, text_position at);
    std::optional<duration> time_of(const boost::json::value& value, text_position at);
    std::optional<std::int64_t> integer_of(
        const toml_item& item,
        std::int64_t least,
        std::int64_t most
    );

    std::string file_;
    scenario out_;
    std::optional<failure> fault_;
};

void scenario_reader::complain(text_position at, std::string message, std::string hint) {
    if (fault_) return;
    fault_ = failure{
        exit_code::invalid,
        "E_SCENARIO",
        fmt::format("{}:{}:{}: {}", file_, at.line, at.column, message),
        std::move(hint)};
}

void scenario_reader::unknown_key(
    text_position at,
    std::string_view key,
    const std::vector<std::string>& known,
    std::string_view where
) {
    const auto meant = nearest(key, known);
    complain(
        at,
        fmt::format("no such key in {}: {}", where, key),
        meant ? fmt::format("did you mean {}?", *meant)
              : "it takes " + boost::algorithm::join(known, ", ")
    );
}

std::optional<std::string> scenario_reader::text_of(
    const boost::json::value& value,
    text_position at
) {
    if (value.is_string()) return std::string(value.get_string());
    complain(at, "expected a string");
    return std::nullopt;
}

std::optional<duration> scenario_reader::time_of(
    const boost::json::value& value,
    text_position at
) {
    const auto text = text_of(value, at);
    if (!text) return std::nullopt;
    const auto time = config::parse_duration(*text);
    if (!time || *time == duration::zero()) {
        complain(at, fmt::format("\"{}\" is no time; write 250ms, 8s or 2m", *text));
        return std::nullopt;
    }
    return time;
}

std::optional<std::int64_t> scenario_reader::integer_of(
    const toml_item& item,
    std::int64_t least,
    std::int64_t most
) {
    const bool fits =
        item.value.is_int64() && item.value.get_int64() >= least && item.value.get_int64() <= most;
    if (fits) return item.value.get_int64();
    complain(item.value_at, fmt::format("{}: expected {} to {}", item.path.back(), least, most));
    return std::nullopt;
}

void scenario_reader::read_lab_key(const toml_item& item) {
    const auto& key = item.path.back();
    if (key == "nodes") {
        if (const auto n = integer_of(item, 1, nodes_max))
            out_.nodes = static_cast<std::size_t>(*n);
    } else if (key == "seed") {
        if (const auto n = integer_of(item, 0, std::numeric_limits<std::int64_t>::max()))
            out_.seed = static_cast<std::uint64_t>(*n);
    } else if (key == "emit") {
        if (auto text = text_of(item.value, item.value_at)) out_.emit = std::move(*text);
    } else if (key == "settle") {
        if (const auto time = time_of(item.value, item.value_at)) out_.settle = *time;
    } else if (key == "relay") {
        if (!item.value.is_bool()) return complain(item.value_at, "relay: expected true or false");
        out_.has_relay = item.value.get_bool();
    } else if (key == "set") {
        if (!item.value.is_array()) return complain(item.value_at, "set: expected an array");
        for (const auto& one : item.value.get_array())
            if (auto text = text_of(one, item.value_at)) out_.sets.push_back(std::move(*text));
    } else {
        unknown_key(item.key_at, key, lab_keys, "[lab]");
    }
}

void scenario_reader::read_chaos(
    const boost::json::object& step,
    scenario_step& out,
    text_position at
) {
    auto action = parse_chaos(out.text);
    if (!action) return complain(at, action.error().message, action.error().hint);
    out.action = std::move(*action);
    if (const auto* lasts = step.if_contains("for")) {
        if (!is_network_fault(out.action.verb))
            return complain(at, "for: only partition, relay-only and loss last for a time");
        out.action.lasts = time_of(*lasts, at).value_or(duration::zero());
    }
    const auto* expect = step.if_contains("expect");
    if (expect == nullptr) return;
    const auto text = text_of(*expect, at);
    if (!text) return;
    auto expected = parse_expectations(*text);
    if (!expected)
        return complain(at, "expect: " + expected.error().message, expected.error().hint);
    out.expected = std::move(*expected);
}

void scenario_reader::read_step(const boost::json::object& step, text_position at) {
    for (const auto& [key, ignored] : step)
        if (std::find(step_keys.begin(), step_keys.end(), key) == step_keys.end())
            return unknown_key(at, key, step_keys, "[[step]]");
    constexpr std::array<std::string_view, 3> kinds{"chaos", "measure", "wait"};
    scenario_step out;
    int count = 0;
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        const auto* value = step.if_contains(kinds[i]);
        if (value == nullptr) continue;
        ++count;
        out.kind = static_cast<step_kind>(i);
        out.text = text_of(*value, at).value_or("");
    }
    if (count != 1) return complain(at, "a step has one of chaos, measure and wait");
    if (out.kind != step_kind::chaos && step.contains("expect"))
        return complain(at, "expect: only of chaos can something be expected");
    switch (out.kind) {
    case step_kind::chaos:
        read_chaos(step, out, at);
        break;
    case step_kind::measure:
        out.label = out.text;
        if (const auto* lasts = step.if_contains("for"))
            out.lasts = time_of(*lasts, at).value_or(duration::zero());
        else
            complain(at, "a measure needs a time: for = \"30s\"");
        break;
    case step_kind::wait:
        if (step.contains("for")) return complain(at, "wait has its time already: wait = \"5s\"");
        out.lasts = time_of(step.at("wait"), at).value_or(duration::zero());
        break;
    }
    out_.steps.push_back(std::move(out));
}

void scenario_reader::read_steps(const toml_item& item) {
    if (!item.value.is_array() || item.elements_at.size() != item.value.get_array().size())
        return complain(item.key_at, "step: write each as [[step]]");
    const auto& steps = item.value.get_array();
    if (steps.size() > steps_max)
        return complain(item.key_at, fmt::format("more than {} steps", steps_max));
    for (std::size_t i = 0; i < steps.size(); ++i) {
        if (!steps[i].is_object()) return complain(item.elements_at[i], "expected a table");
        read_step(steps[i].get_object(), item.elements_at[i]);
    }
}

void scenario_reader::read_item(const toml_item& item) {
    const auto& top = item.path.front();
    const bool is_table = item.type == config::toml_type::table;
    if (top == "lab" && item.path.size() == 1 && is_table) return;
    if (top == "lab" && item.path.size() == 2) return read_lab_key(item);
    if (top == "step" && item.path.size() == 1) return read_steps(item);
    if (top == "title" && item.path.size() == 1) {
        out_.title = text_of(item.value, item.value_at).value_or("");
        return;
    }
    unknown_key(item.key_at, boost::algorithm::join(item.path, "."), top_keys, "a scenario");
}

outcome<scenario> scenario_reader::read(std::string_view text) {
    const auto items = config::read_toml(text);
    if (!items) {
        complain(items.error().at, items.error().message);
        return *fault_;
    }
    for (const toml_item& item : *items)
        read_item(item);
    if (out_.steps.empty()) complain({1, 1}, "there is no [[step]] in it");
    if (fault_) return *fault_;
    return std::move(out_);
}

}  // namespace

outcome<scenario> read_scenario(std::string_view text, std::string_view file) {
    return scenario_reader(file).read(text);
}

}  // namespace meshhost::lab::model
