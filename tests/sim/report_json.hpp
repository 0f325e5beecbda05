// SPDX-License-Identifier: Apache-2.0
#pragma once
// A campaign's outcome for programs.
#include "sim/campaign.hpp"

#include <boost/json/object.hpp>

namespace meshhost::sim {

/// {"scenario", "title", "nodes", "seeds", "good", "rules": {name: {"metrics", "missed", "wrong",
/// "runs": [{"seed", "trace", "events", "metrics"}]}}}
boost::json::object json_report(const campaign_result& result);

}  // namespace meshhost::sim
