// SPDX-License-Identifier: Apache-2.0
#pragma once
// A campaign's outcome as lines for a person: the sets of rules side by side.
#include "sim/campaign.hpp"

#include <string>

namespace meshhost::sim {

/// Ends in a line end.
std::string text_report(const campaign_result& result);

/// "scenario rules seed trace" for each run: what must not change between two builds of one source.
std::string trace_lines(const campaign_result& result);

}  // namespace meshhost::sim
