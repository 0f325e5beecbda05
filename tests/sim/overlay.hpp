// SPDX-License-Identifier: Apache-2.0
#pragma once
// The mesh at one moment, as a graph: nodes are the live ones, edges are active-view entries.
#include <cstdint>
#include <span>
#include <vector>

namespace meshhost::sim {

using node_index = std::uint32_t;

/// One directed entry of an active view.
struct overlay_entry {
    node_index to = 0;
    bool eager = false;  ///< payloads are pushed on it; else only their announcements
};

/// Indexed by node; those that are down have no entries.
struct overlay {
    std::vector<bool> live;
    std::vector<std::vector<overlay_entry>> views;

    bool knows(node_index from, node_index to) const noexcept;
};

struct overlay_summary {
    std::uint32_t live = 0;
    double degree_mean = 0;
    std::uint32_t degree_min = 0;
    std::uint32_t degree_max = 0;
    std::uint32_t components = 0;        ///< over links that both ends know
    std::uint32_t outside = 0;           ///< live nodes outside the largest component
    std::uint32_t one_sided = 0;         ///< entries whose other end does not have one back
    std::vector<std::uint32_t> degrees;  ///< how many nodes have 0, 1, 2, … neighbours
};

overlay_summary summary_of(const overlay& mesh);

}  // namespace meshhost::sim
