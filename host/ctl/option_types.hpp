// SPDX-License-Identifier: Apache-2.0
#pragma once
// Options of kinds that CLI11 does not know.
#include "base/time.hpp"

#include <string>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace meshhost::ctl {

/// An option whose value is a duration such as 250ms or 5s, above zero unless `or_zero`.
CLI::Option* add_duration(
    CLI::App& app,
    const std::string& name,
    duration& out,
    const std::string& description,
    bool or_zero = false
);

}  // namespace meshhost::ctl
