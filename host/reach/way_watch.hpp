// SPDX-License-Identifier: Apache-2.0
#pragma once
// Of all connections with their paths: which peers are spoken to by way of relays, and whose path
// does not answer any more. Pure: fed by whoever looks.
#include "transport/endpoint.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace meshhost::reach {

/// What is seen of one peer in one look.
struct peer_ways {
    bool has_dialled_relayed = false;        ///< ours to move to an address
    std::optional<ip_endpoint> direct;       ///< where one of them leads that is direct
    std::string relay;                       ///< of a relayed one; empty: none is
    std::vector<transport::way_end> silent;  ///< where those of ours lead that do not answer
    duration relay_rtt{};                    ///< 0: not measured
    duration direct_rtt{};
};

/// So many questions in a row without an answer, each after twice the time of the one before: with
/// a path of 50 ms that is a second.
inline constexpr std::size_t silent_after = 3;
bool is_silent(const transport::peer_way& way);

/// A relay that a peer may be at.
struct relay_choice {
    std::string url;
    bool is_up = false;
};

/// By which of them to go on where `silent` leads nowhere: those that are up come first, and of
/// these the one after it. nullopt: there is no other.
std::optional<relay_choice> next_relay(
    std::vector<relay_choice> known,
    const transport::way_end& silent
);

/// `own`: connections of this room's, which tell nothing of how a peer is reached.
std::map<identity::endpoint_id, peer_ways> look_at(
    const std::vector<transport::peer_way>& ways,
    const std::vector<const transport::connection*>& own
);

}  // namespace meshhost::reach
