// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where datagrams of a path go: an address, or somebody at a relay.
#include "base/ip_endpoint.hpp"
#include "base/strong_id.hpp"
#include "identity/endpoint_id.hpp"

#include <compare>
#include <variant>

namespace meshhost::path {

/// A relay of this host's, for as long as the host runs.
using relay_id = strong_id<struct relay_id_tag, std::uint32_t>;

/// `peer`, by way of `relay`: both are connected to it.
struct relay_hop {
    relay_id relay;
    identity::endpoint_id peer;

    friend auto operator<=>(const relay_hop&, const relay_hop&) = default;
};

using path_target = std::variant<ip_endpoint, relay_hop>;

/// nullptr for a relayed one.
inline const ip_endpoint* direct_of(const path_target& target) noexcept {
    return std::get_if<ip_endpoint>(&target);
}
inline const relay_hop* relayed_of(const path_target& target) noexcept {
    return std::get_if<relay_hop>(&target);
}

/// For who knows addresses alone: itself, or one of a private range (RFC 4193) that stands for the
/// hop, the same for as long as the host runs. Nothing is ever sent to the latter.
ip_endpoint address_of(const path_target& target) noexcept;

}  // namespace meshhost::path

template <>
struct std::hash<meshhost::path::path_target> {
    std::size_t operator()(const meshhost::path::path_target& target) const noexcept {
        if (const auto* const direct = meshhost::path::direct_of(target))
            return std::hash<meshhost::ip_endpoint>{}(*direct);
        const auto& hop = *meshhost::path::relayed_of(target);
        return std::hash<meshhost::identity::endpoint_id>{}(hop.peer) * 31 + hop.relay.value;
    }
};
