// SPDX-License-Identifier: Apache-2.0
#pragma once
// Asks the living hosts of a lab what they see.
#include "lab/model/lab_record.hpp"
#include "lab/model/mesh_view.hpp"

#include <set>
#include <string>

namespace meshhost::lab {

/// Names of the hosts whose process runs and is not paused.
std::set<std::string> running_hosts(const model::lab_record& lab);

/// One question to each of `names`, one after the other. Who does not answer is in it all the
/// same, and sees nobody.
model::mesh_view look_at(const model::lab_record& lab, const std::set<std::string>& names);

/// The ids of the hosts that are not among `names`.
std::set<std::string> ids_without(const model::lab_record& lab, const std::set<std::string>& names);

}  // namespace meshhost::lab
