// SPDX-License-Identifier: Apache-2.0
#pragma once
// Meshes made up for the tests beside this file.
#include "lab/model/mesh_view.hpp"

#include <string>
#include <vector>

namespace meshhost::lab::model {

inline constexpr time_point start{100s};

/// Every one of `names` (their own ids, too) hears all others since `since`; linked in a line.
inline mesh_view whole_mesh(const std::vector<std::string>& names, time_point since = start) {
    mesh_view view;
    for (std::size_t i = 0; i < names.size(); ++i) {
        auto& host = view.emplace_back();
        host.name = names[i];
        host.id = names[i];
        host.state = "alive";
        for (const auto& other : names)
            if (other != names[i]) host.peers[other] = {"alive", 1, 1, since, ""};
        if (i > 0) host.neighbors.push_back(names[i - 1]);
        if (i + 1 < names.size()) host.neighbors.push_back(names[i + 1]);
    }
    return view;
}

/// How everybody else sees `peer`.
inline void see(mesh_view& view, const std::string& peer, const peer_sight& sight) {
    for (auto& host : view)
        if (host.id != peer) host.peers[peer] = sight;
}

}  // namespace meshhost::lab::model
