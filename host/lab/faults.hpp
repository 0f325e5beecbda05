// SPDX-License-Identifier: Apache-2.0
#pragma once
// Faults of the network: each host drops datagrams itself, told through its local API.
#include "base/error.hpp"
#include "lab/model/lab_record.hpp"

#include <string>
#include <vector>

namespace meshhost::lab {

/// Hosts of different groups do not hear each other, by no way. Who is in no group hears everybody;
/// the lab's observer is in the largest.
outcome<void> partition(
    const model::lab_record& lab,
    const std::vector<std::vector<std::string>>& groups
);

/// Each of `names` hears the others of them by way of the relay alone, besides what was so before.
outcome<void> keep_to_relay(const model::lab_record& lab, const std::vector<std::string>& names);

/// Each of `names` drops this share of what it sends and receives.
outcome<void> lose(
    const model::lab_record& lab,
    const std::vector<std::string>& names,
    double share
);

/// No fault any more, at any host that runs.
outcome<void> heal(const model::lab_record& lab);

}  // namespace meshhost::lab
