// SPDX-License-Identifier: Apache-2.0
#pragma once
// The nodes that a host knows, itself included, as its answers list them. Pure.
#include "ctl/node_ref.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace meshhost::ctl {

std::vector<known_node> nodes_in(const boost::json::array& peers);

struct found_node {
    known_node node;
    bool is_self = false;  ///< the host that was asked
};

/// The node that `text` names among those in `status`, the "data" of GET /v1/status.
/// Errors: E_AMBIGUOUS, E_PEER_UNKNOWN.
outcome<found_node> pick_node(std::string_view text, const boost::json::object& status);

}  // namespace meshhost::ctl
