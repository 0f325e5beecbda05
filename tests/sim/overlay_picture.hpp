// SPDX-License-Identifier: Apache-2.0
#pragma once
// The mesh as a picture: one node in the middle, the others on rings by their distance from it,
// each below the one it is reached through; eager links dark, lazy ones pale.
#include "sim/overlay.hpp"

#include <string>
#include <string_view>

namespace meshhost::sim {

/// The whole SVG file. Parts that the middle does not reach are on the outermost ring.
/// Precondition: `middle` is live.
std::string draw_overlay(const overlay& mesh, node_index middle, std::string_view title);

}  // namespace meshhost::sim
