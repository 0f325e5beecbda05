// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a host says on standard output once it is ready: a few lines for people, or one line of
// JSON (meshhost.ready/1) for programs.
#include "admin/snapshot.hpp"

#include <boost/json/object.hpp>

#include <filesystem>
#include <span>
#include <string>

namespace meshhost::app {

/// What it serves over TCP; empty: nothing.
struct open_ports {
    std::string dashboard;  ///< a link to it
    std::string health;     ///< "127.0.0.1:9464"
};

std::string ready_text(
    const admin::node_snapshot& node,
    std::span<const admin::plugin_snapshot> plugins,
    const std::filesystem::path& socket,
    const open_ports& open = {}
);

boost::json::object ready_json(
    const admin::node_snapshot& node,
    std::span<const admin::plugin_snapshot> plugins,
    const std::filesystem::path& socket,
    const open_ports& open = {}
);

}  // namespace meshhost::app
