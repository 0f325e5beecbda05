// SPDX-License-Identifier: Apache-2.0
#pragma once
// The keys of a scenario file: where each stands, what it may hold, and where it goes.
#include "config/toml_reader.hpp"
#include "sim/scenario.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace meshhost::sim {

/// What a key writes to. `series` and `fault` are those that the key's path names; null for keys
/// of none.
struct scenario_slot {
    scenario& whole;
    traffic_settings* series = nullptr;
    fault_settings* fault = nullptr;
};

/// Stores the item's value; says what is wrong with it when it cannot.
using value_store =
    std::function<std::optional<std::string>(const scenario_slot&, const config::toml_item&)>;

struct scenario_key {
    std::string_view path;  ///< "links.loss"; "traffic.*.start" for one of a series
    value_store store;
};

std::span<const scenario_key> scenario_keys();

}  // namespace meshhost::sim
