// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a node says of its place in the mesh and of its means: the facts of a digest that others
// choose by, and do not have to know to read the rest (docs/wire/digest.md, tags 7 to 14).
#include "identity/endpoint_id.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace meshhost::peers::proto {

/// What the operator made the node for; orders nothing.
enum class node_tier : std::uint8_t { edge = 0, hub = 1, leaf = 2, observer = 3 };

/// Who set the budget.
enum class budget_source : std::uint8_t { none = 0, config = 1, cgroup = 2 };

/// What the node may use; 0: no limit is known.
struct node_budget {
    std::uint32_t cpu_millicores = 0;
    std::uint64_t memory_bytes = 0;
    budget_source source = budget_source::none;

    friend bool operator==(const node_budget&, const node_budget&) = default;
};

/// How much of its budget, or of its machine, the node uses: eighths, 0 to 7, see load_tracker.
struct load_class {
    static constexpr std::uint8_t highest = 7;
    static constexpr std::uint8_t not_measured = 255;

    std::uint8_t cpu = not_measured;
    std::uint8_t memory = not_measured;

    friend bool operator==(const load_class&, const load_class&) = default;
};

/// The first bytes of a neighbour's id: enough to find it among those that one knows.
using neighbor_prefix = std::array<std::uint8_t, 8>;

inline neighbor_prefix prefix_of(const identity::endpoint_id& id) noexcept {
    neighbor_prefix prefix{};
    std::copy_n(id.bytes().begin(), prefix.size(), prefix.begin());
    return prefix;
}

/// Figures of the moment, of a node that sends its record on a clock (config::emit_interval).
struct node_meters {
    std::uint64_t cpu_millicores = 0;  ///< in use
    std::uint64_t resident_bytes = 0;
    std::uint64_t descriptors = 0;
    std::uint64_t threads = 0;
    std::uint64_t peers_known = 0;
    std::uint64_t peers_connected = 0;
    std::uint64_t frames_sent = 0;  ///< of gossip, since the start; so are those below
    std::uint64_t frames_received = 0;
    std::uint64_t datagrams_sent = 0;
    std::uint64_t datagrams_received = 0;

    friend bool operator==(const node_meters&, const node_meters&) = default;
};

}  // namespace meshhost::peers::proto
