// SPDX-License-Identifier: Apache-2.0
#pragma once
// An instance's settings as JSON, for the processes that run its code besides the host.
#include "plugin/plugin_settings.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace meshhost::plugin {

/// What the role's own process acts on; restarts and stalls are the host's.
boost::json::object to_json(const instance_settings& settings);

/// Throws as Boost.JSON does what is missing or of another type.
instance_settings settings_from_json(const boost::json::value& from);

}  // namespace meshhost::plugin
