// SPDX-License-Identifier: Apache-2.0
#pragma once
// Who is whose neighbour, as the answer to GET /v1/topology has it, and a tree over it. Pure.
#include <boost/json/object.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace meshhost::ctl {

/// What a screen can be asked to show; an answer with more is cut.
inline constexpr std::size_t topology_nodes_max = 10'000;
inline constexpr std::size_t topology_edges_max = 100'000;

struct topology {
    struct node {
        std::string id;
        std::string name;  ///< never empty: the short id of one that told none
        std::string tier;
        std::string state;
        std::string evidence;
        std::vector<std::string> roles;
    };
    struct edge {
        std::size_t a;  ///< indices of nodes, a < b
        std::size_t b;
        std::string mode;  ///< "eager", "lazy"; empty: an edge between two others
    };

    std::size_t seen_by = npos;  ///< the host that was asked
    std::vector<node> nodes;     ///< by name
    std::vector<edge> edges;     ///< by ends, each once

    static constexpr std::size_t npos = static_cast<std::size_t>(-1);

    bool is_empty() const noexcept { return nodes.empty(); }
    /// How many edges have this mode.
    std::size_t count(std::string_view mode) const;
};

/// What is missing or does not fit together is left out.
topology read_topology(const boost::json::object& data);

/// A spanning tree of what can be reached from a root.
struct topology_tree {
    struct place {
        std::size_t parent = topology::npos;
        std::vector<std::size_t> children;  ///< by name
        std::size_t depth = 0;
        bool is_reached = false;
        bool is_lazy = false;  ///< hangs on a lazy edge, because there is no other
    };

    std::size_t root = topology::npos;
    std::size_t depth = 0;
    std::vector<place> places;  ///< of the node with the same index
};

/// The hub with the most neighbours, or else the host that was asked.
std::size_t natural_root(const topology& mesh);

/// Takes lazy edges only where nothing else leads; then the shortest way. `root` is a node.
topology_tree grow_tree(const topology& mesh, std::size_t root);

}  // namespace meshhost::ctl
