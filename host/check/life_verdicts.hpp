// SPDX-License-Identifier: Apache-2.0
#pragma once
// What an ordinary life says of a role: whether it keeps to what it declares.
#include "check/child.hpp"
#include "check/report.hpp"

#include <boost/json/object.hpp>

namespace meshhost::check {

/// `role` as role_json() tells of it, `life` the outcome of the trial of that name. A Go runtime
/// (`is_go`) may leave threads behind.
void judge_life(
    const boost::json::object& role,
    const trial_outcome& life,
    bool is_go,
    report& into
);

}  // namespace meshhost::check
