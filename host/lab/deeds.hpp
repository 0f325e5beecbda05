// SPDX-License-Identifier: Apache-2.0
#pragma once
// The doing of what breaks a lab: signals, restarts, faults.
#include "lab/model/chaos_action.hpp"
#include "lab/model/expectation_watch.hpp"
#include "lab/model/lab_record.hpp"

#include <string>
#include <vector>

namespace meshhost::lab {

using host_groups = std::vector<std::vector<std::string>>;

/// "kill compute-05", "partition a,b|c,d for 30s".
std::string deed_text(const model::chaos_action& action, const host_groups& groups);

/// Whether the targets are in a state in which it can be done. Errors: E_CHAOS (invalid).
outcome<void> check_deed(
    const model::lab_record& lab,
    const model::chaos_action& action,
    const host_groups& groups
);

/// What will have been done, but for when. `before` is a look before it.
model::deed plan_deed(
    const model::lab_record& lab,
    const model::chaos_action& action,
    const host_groups& groups,
    const model::mesh_view& before
);

/// Does it, and says when; of what takes a while, such as a stop, when it was asked for.
outcome<time_point> do_deed(
    const model::lab_record& lab,
    const model::chaos_action& action,
    const host_groups& groups
);

}  // namespace meshhost::lab
