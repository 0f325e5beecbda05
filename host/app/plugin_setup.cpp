// SPDX-License-Identifier: Apache-2.0
#include "app/plugin_setup.hpp"

#include "app/introspect_setup.hpp"

#include <algorithm>
#include <string>

namespace meshhost::app {

std::vector<identity::endpoint_id> contacts_of(const peers::peers_service& peers) {
    const auto& self = peers.self();
    std::vector<identity::endpoint_id> alike;
    std::vector<identity::endpoint_id> others;
    for (const auto& each : peers.snapshot()) {
        if (!is_member(each.entry)) continue;
        const auto& roles = each.entry.digest->roles;
        const bool is_alike = std::any_of(roles.begin(), roles.end(), [&](const std::string& role) {
            return std::find(self.roles.begin(), self.roles.end(), role) != self.roles.end();
        });
        (is_alike ? alike : others).push_back(each.entry.id);
    }
    for (auto* part : {&alike, &others})
        std::rotate(
            part->begin(),
            std::upper_bound(part->begin(), part->end(), self.origin),
            part->end()
        );
    alike.insert(alike.end(), others.begin(), others.end());
    return alike;
}

identity::endpoint_addr address_of(
    const peers::peers_service& peers,
    std::span<const identity::endpoint_addr> named,
    const identity::endpoint_id& peer
) {
    identity::endpoint_addr to{peer, {}, {}};
    const auto known = peers.find(peer);
    if (known && known->entry.digest) {
        to.direct = known->entry.digest->addresses;
        const auto& relay = known->entry.digest->home_relay;
        if (!relay.empty()) to.relays.push_back(relay);
    }
    if (known && known->path && known->path->remote) to.direct.push_back(*known->path->remote);
    for (const auto& each : named)
        if (each.id == peer) {
            to.direct.insert(to.direct.end(), each.direct.begin(), each.direct.end());
            to.relays.insert(to.relays.end(), each.relays.begin(), each.relays.end());
        }
    identity::put_in_order(to);
    return to;
}

std::vector<identity::endpoint_addr> addresses_of_members(
    const peers::peers_service& peers,
    std::span<const identity::endpoint_addr> named
) {
    std::vector<identity::endpoint_addr> neighbors;
    std::vector<identity::endpoint_addr> others;
    for (const auto& each : peers.snapshot()) {
        if (!is_member(each.entry)) continue;
        auto& part = each.entry.connected ? neighbors : others;
        part.push_back(address_of(peers, named, each.entry.id));
    }
    neighbors.insert(neighbors.end(), others.begin(), others.end());
    return neighbors;
}

}  // namespace meshhost::app
