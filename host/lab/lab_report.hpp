// SPDX-License-Identifier: Apache-2.0
#pragma once
// All that a lab's directory tells of what was done there.
#include "base/error.hpp"
#include "lab/model/lab_record.hpp"
#include "lab/model/report.hpp"

namespace meshhost::lab {

/// Of a lab that runs, also how its hosts are now.
model::report lab_report(const model::lab_record& lab);

}  // namespace meshhost::lab
