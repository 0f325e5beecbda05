// SPDX-License-Identifier: Apache-2.0
#pragma once
// The POSTs.
#include "admin/host_view.hpp"
#include "admin/router.hpp"

namespace meshhost::admin {

/// {"loss"?: 0..1, "block"?: ["192.0.2.7:4433", ...], "block_relayed"?: [ID, ...], "seed"?}.
/// Errors: E_BAD_REQUEST.
outcome<fault_settings> parse_faults(std::string_view body);

/// ping, audit, reload, rebind, drain, resume, plugins/restart, plugins/enable, plugins/reload,
/// lab/faults, lab/plugin-crash. The references outlive the router.
void add_action_routes(router& to, const host_view& view, host_actions& actions);

}  // namespace meshhost::admin
