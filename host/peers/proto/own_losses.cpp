// SPDX-License-Identifier: Apache-2.0
#include "peers/proto/own_losses.hpp"

#include "peers/proto/config.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::peers::proto {

using identity::endpoint_id;

bool own_losses::add(const own_loss& loss) {
    const auto known = std::find_if(held_.begin(), held_.end(), [&loss](const own_loss& held) {
        return held.peer == loss.peer;
    });
    if (known != held_.end()) {
        if (!loss.evidence.empty()) known->evidence = loss.evidence;
        return true;
    }
    if (held_.size() >= losses_max) return false;
    held_.push_back(loss);
    return true;
}

void own_losses::forget(const endpoint_id& peer) {
    std::erase_if(held_, [&peer](const own_loss& held) { return held.peer == peer; });
}

void own_losses::put_off(time_point until) {
    for (own_loss& held : held_)
        held.due = std::max(held.due, until);
}

std::optional<own_loss> own_losses::take_due(time_point now) {
    const auto due = std::find_if(held_.begin(), held_.end(), [now](const own_loss& held) {
        return held.due <= now;
    });
    if (due == held_.end()) return std::nullopt;
    own_loss out = std::move(*due);
    held_.erase(due);
    return out;
}

std::optional<time_point> own_losses::next_deadline() const {
    std::optional<time_point> earliest;
    for (const own_loss& held : held_)
        earliest = std::min(earliest.value_or(held.due), held.due);
    return earliest;
}

}  // namespace meshhost::peers::proto
