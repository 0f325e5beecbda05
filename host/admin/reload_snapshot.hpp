// SPDX-License-Identifier: Apache-2.0
#pragma once
// What became of a live reload, as plain values and as JSON.
#include <boost/json/object.hpp>

#include <functional>
#include <string>
#include <vector>

namespace meshhost::admin {

struct reload_snapshot {
    struct instance {
        std::string name;
        std::string outcome;  ///< "unchanged", "applied", "deferred", "accepted", "refused"
        std::vector<std::string> changed;
        std::string reason;
    };

    bool is_applied = false;           ///< all of it; false: nothing
    std::vector<std::string> restart;  ///< keys of the host that only a restart can change
    std::vector<std::string> changed;  ///< keys of the host that took effect
    std::vector<instance> instances;
};

/// Hears of one reload. Called on the shard's thread, perhaps from inside the call that asks.
using config_reload_sink = std::function<void(const reload_snapshot&)>;

/// meshhost.reload/1
boost::json::object reload_json(const reload_snapshot& reload);

}  // namespace meshhost::admin
