// SPDX-License-Identifier: Apache-2.0
#include "gossip/proto/tree_shaper.hpp"

#include <algorithm>

namespace meshhost::gossip::proto {

using identity::content_hash;

namespace {

/// Ids are random: of n messages in a window about ln n are here. Only somebody who chooses them
/// fills it, and costs the tree a few cuts by it.
constexpr std::size_t sightings_max = 32;

}  // namespace

bool tree_shaper::consider(const content_hash& id, duration window, time_point now) {
    const auto is_old = [&](const sighting& one) { return one.at + window <= now; };
    lowest_.erase(lowest_.begin(), std::find_if_not(lowest_.begin(), lowest_.end(), is_old));
    while (!lowest_.empty() && id < lowest_.back().id)
        lowest_.pop_back();
    const bool is_lowest = lowest_.empty();
    if (lowest_.size() < sightings_max) lowest_.push_back({id, now});
    if (!is_lowest || now < rest_until_) return false;
    shaping_ = id;
    is_elected_ = false;
    window_ = window;
    elected_at_ = now + window;
    return true;
}

bool tree_shaper::is_shaping(const content_hash& id) const noexcept {
    return shaping_ == id;
}

void tree_shaper::elect(time_point now) noexcept {
    is_elected_ = true;
    elected_at_ = no_deadline;
    // At the least until the cuts are made everywhere: then the next one finds the tree as it is.
    rest_until_ = now + std::max(window_ / 2, pause_ - window_);
}

void tree_shaper::forget() noexcept {
    shaping_.reset();
    elected_at_ = no_deadline;
}

}  // namespace meshhost::gossip::proto
