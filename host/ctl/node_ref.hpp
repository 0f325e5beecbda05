// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which node a person means: by its name, a unique prefix of its id, or a role and a number. Pure.
#include "base/error.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::ctl {

struct known_node {
    std::string id;    ///< 64 hex digits
    std::string name;  ///< may be empty
    std::vector<std::string> roles;
};

/// The least digits of an id that count as a prefix.
inline constexpr std::size_t id_prefix_min = 4;

/// Finds the one node that `text` names: an exact name, then an id or its prefix, then "role/N",
/// where N counts the nodes of that role from 1 in the order of their ids. nullptr when nothing
/// looks like it. Errors: E_AMBIGUOUS (usage), with the candidates.
outcome<const known_node*> find_node(std::string_view text, std::span<const known_node> nodes);

/// "gateway-01 (3f9a1c04be)", or the short id alone.
std::string node_label(const known_node& node);

}  // namespace meshhost::ctl
