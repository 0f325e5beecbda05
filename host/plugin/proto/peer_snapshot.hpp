// SPDX-License-Identifier: Apache-2.0
#pragma once
// What plugins can know of the other nodes at one moment: an immutable value that the composition
// root publishes at every change. Threads share it by a pointer to const and never lock.
#include "base/time.hpp"
#include "identity/endpoint_id.hpp"
#include "peers/proto/node_digest.hpp"

#include <boost/container/flat_map.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace meshhost::plugin::proto {

enum class peer_presence : std::uint8_t {
    up,
    draining,  ///< it said so: give it nothing new
    suspect,   ///< silent, not given up
    down,      ///< known, not reachable; plugins do not see it
};

enum class peer_path : std::uint8_t { unknown = 0, direct = 1, relayed = 2 };  // as in the ABI

/// One node as its observer sees it.
struct peer_view {
    std::string roles;  ///< "broker,gateway"
    peer_presence presence = peer_presence::up;
    std::string reason;  ///< for the presence, in words; may be empty
    std::optional<duration> rtt;
    time_point since{};  ///< of the presence
    peer_path path = peer_path::unknown;
    std::uint64_t digest_sequence = 0;
    time_point digest_received{};
    std::vector<peers::proto::contribution> contributions;  ///< ascending by (role, key)

    friend bool operator==(const peer_view&, const peer_view&) = default;
};

using peer_snapshot = boost::container::flat_map<identity::endpoint_id, peer_view>;

/// Never null where one is passed.
using peer_snapshot_ptr = std::shared_ptr<const peer_snapshot>;

/// Whether plugins see the peer at all.
inline bool is_present(const peer_view& peer) noexcept {
    return peer.presence != peer_presence::down;
}

/// Is `role` among the comma-separated `roles`?
bool has_role(std::string_view roles, std::string_view role) noexcept;

/// nullptr when `id` is unknown or not present.
const peer_view* find_present(const peer_snapshot& snapshot, const identity::endpoint_id& id);

}  // namespace meshhost::plugin::proto
