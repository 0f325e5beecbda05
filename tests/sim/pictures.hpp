// SPDX-License-Identifier: Apache-2.0
#pragma once
// The pictures of a campaign, as SVG files.
#include "base/error.hpp"
#include "sim/campaign.hpp"

#include <filesystem>

namespace meshhost::sim {

/// Writes <scenario>-<what>.svg files into `folder`, which it makes: the overlay of the first seed
/// under each set of rules, redundancy and delivery time over the rounds, and the parts of the mesh
/// over time where there were faults. Returns how many files; E_PICTURE when one cannot be written.
outcome<std::size_t> draw_pictures(
    const campaign_result& result,
    const std::filesystem::path& folder
);

}  // namespace meshhost::sim
