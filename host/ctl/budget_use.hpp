// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a host uses of what it may: from the "usage" and "budget" of its meters. Pure.
#include "ctl/console.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>

namespace meshhost::ctl {

// Of the budget, 1 is all of it. nullopt: not measured, or no budget.
std::optional<double> cpu_share(const boost::json::object& meters);
std::optional<double> memory_share(const boost::json::object& meters);

/// "CPU 110 m of 250 m (44 %) · RAM 32.0 MiB of 64.0 MiB (50 %)".
std::string budget_use_text(const boost::json::object& meters, const console& out);

/// Adds what the host uses to the "data" of its status.
void add_budget_use(boost::json::object& status, const boost::json::object& meters);

/// "44 %".
std::string percent_text(double share);

}  // namespace meshhost::ctl
