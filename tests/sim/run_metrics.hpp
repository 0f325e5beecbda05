// SPDX-License-Identifier: Apache-2.0
#pragma once
// From what was recorded to the named numbers of metric.hpp.
#include "sim/run_record.hpp"

namespace meshhost::sim {

/// Fills `metrics` and `series` of a record that is complete otherwise.
void measure(const scenario& of, const delivery_log& deliveries, run_record& record);

}  // namespace meshhost::sim
