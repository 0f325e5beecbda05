// SPDX-License-Identifier: Apache-2.0
#pragma once
// The configuration's words → who may open the dashboard from elsewhere.
#include "base/error.hpp"
#include "config/host_config.hpp"
#include "observe/dashboard_server.hpp"

namespace meshhost::app {

/// Reads the certificate and the token. Errors: E_TLS, E_DASHBOARD_TOKEN (not_permitted when others
/// can read it, too).
outcome<observe::dashboard_access> open_dashboard_access(const config::observe_config& settings);

}  // namespace meshhost::app
