// SPDX-License-Identifier: Apache-2.0
#pragma once
// Who plays in a lab: how many hosts of which role, their names and their keys. The same for the
// same seed.
#include "identity/secret_key.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace meshhost::lab::model {

inline constexpr std::size_t nodes_max = 100;  ///< a lab; processes of one machine

struct cast_member {
    std::string name;  ///< "compute-03"
    std::string role;
    std::string tier;  ///< "hub" or "edge", when no preset of the role says it
    identity::secret_key key;
};

/// The first is a broker, whom the others are told of. Of 18: 2 brokers, 2 gateways, 1 bridge,
/// 2 registries, 11 computes; other numbers likewise, and five have one of each role.
/// The keys follow from the seed, which anybody can guess: for labs only.
/// Precondition: 1 <= nodes <= nodes_max.
std::vector<cast_member> make_cast(std::size_t nodes, std::uint64_t seed);

/// The key of a lab's host by its place. The same for the same seed and place.
identity::secret_key lab_key(std::uint64_t seed, std::size_t place);

}  // namespace meshhost::lab::model
