// SPDX-License-Identifier: Apache-2.0
#pragma once
// What differs between two configurations of an instance, and what of it may change while it runs.
#include "plugin/proto/config_schema.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace meshhost::plugin::proto {

/// The dotted paths of what was added, removed or changed; arrays count as one value. In the order
/// of names.
std::vector<std::string> changed_paths(
    const boost::json::object& before,
    const boost::json::object& after
);

/// Those of them that the role does not take while it runs: their keys lack MESH_CFG_RELOAD. A role
/// without a schema decides for itself.
std::vector<std::string> fixed_paths(
    const config_schema& schema,
    const std::vector<std::string>& changed
);

}  // namespace meshhost::plugin::proto
