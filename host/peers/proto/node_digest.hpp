// SPDX-License-Identifier: Apache-2.0
#pragma once
// The digest: a node's compact description of itself, signed by its key.
#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/ip_endpoint.hpp"
#include "identity/secret_key.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace meshhost::peers::proto {

using digest_value = std::
    variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, byte_buffer>;

/// One value that a role put into its node's digest, shown as "<role>.<key>".
struct contribution {
    std::string role;  ///< the role, "compute"
    std::string key;   ///< [a-z0-9_.]{1,32}
    std::string unit;  ///< UCUM, or empty
    digest_value value;

    friend bool operator==(const contribution&, const contribution&) = default;
};

/// What a node says of its own state.
enum class node_state : std::uint8_t {
    joining = 0,
    alive = 1,
    degraded = 2,
    draining = 3,
    left = 4
};

struct node_digest {
    identity::endpoint_id origin;
    std::uint64_t incarnation = 0;  ///< raised at each start: Unix milliseconds then
    std::uint64_t sequence = 0;     ///< raised at each change within an incarnation
    std::string mesh;               ///< the mesh's name
    std::string name;               ///< the node's name, for people
    std::string version;            ///< of meshhost
    node_state state = node_state::joining;
    std::vector<std::string> roles;
    std::vector<ip_endpoint> addresses;
    std::vector<contribution> contributions;

    friend bool operator==(const node_digest&, const node_digest&) = default;
};

}  // namespace meshhost::peers::proto
