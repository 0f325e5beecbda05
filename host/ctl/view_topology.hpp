// SPDX-License-Identifier: Apache-2.0
#pragma once
// A mesh as a picture: a tree for people, a graph for graphviz. Pure.
#include "ctl/console.hpp"
#include "ctl/topology.hpp"

#include <string>

namespace meshhost::ctl {

/// `width` columns at most for lines of several nodes. Precondition: the mesh is not empty.
std::string tree_text(
    const topology& mesh,
    const topology_tree& tree,
    std::size_t width,
    const console& out
);

/// The language of graphviz. Names are quoted: nothing in them is part of it.
std::string dot_text(const topology& mesh);

}  // namespace meshhost::ctl
