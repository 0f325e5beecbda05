// SPDX-License-Identifier: Apache-2.0
#pragma once
// The GETs that are answered at once from a snapshot.
#include "admin/host_view.hpp"
#include "admin/mesh_answers.hpp"
#include "admin/router.hpp"

namespace meshhost::admin {

/// status, peers, identity, plugins, config, topology, boots. `view` outlives the router.
void add_question_routes(router& to, const host_view& view);

/// What all hosts are asked for spans of followed messages: the last of each, or those of one
/// trace.
mesh_question traces_question(const host_view& view);

/// What this host answers when all are asked for their last boot.
boost::json::object last_boot_json(const host_view& view);

}  // namespace meshhost::admin
