// SPDX-License-Identifier: Apache-2.0
#include "peers/proto/own_losses.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::peers::proto {

using identity::endpoint_id;

bool own_losses::add(const own_loss& loss) {
    const auto known = std::find_if(held_.begin(), held_.end(), [&loss](const own_loss& held) {
        return held.peer == loss.peer;
    });
    if (known != held_.end()) {
        if (!loss.words.empty()) known->words = loss.words;
        known->kind = std::max(known->kind, loss.kind);
        return true;
    }
    if (held_.size() >= losses_max) return false;
    held_.push_back(loss);
    return true;
}

void own_losses::forget(const endpoint_id& peer) {
    std::erase_if(held_, [&peer](const own_loss& held) { return held.peer == peer; });
}

void own_losses::refute(const endpoint_id& peer, const digest_version& version) {
    std::erase_if(held_, [&](const own_loss& held) {
        return held.peer == peer && held.version < version;
    });
}

std::vector<endpoint_id> own_losses::forget_all() {
    std::vector<endpoint_id> peers;
    for (const own_loss& held : held_)
        peers.push_back(held.peer);
    held_.clear();
    return peers;
}

void own_losses::put_off(time_point until) {
    for (own_loss& held : held_)
        held.not_before = std::max(held.not_before, until);
}

const own_loss* own_losses::find(const endpoint_id& peer) const {
    const auto found = std::find_if(held_.begin(), held_.end(), [&peer](const own_loss& held) {
        return held.peer == peer;
    });
    return found == held_.end() ? nullptr : &*found;
}

time_point own_losses::due(const own_loss& loss, double patience) const {
    if (loss.kind == loss_kind::refused) return loss.at + options_.loss_hold_refused;
    if (loss.is_confirmed) return std::max(loss.at, loss.not_before);
    const auto hold = std::chrono::duration_cast<duration>(options_.loss_hold * patience);
    return std::max(loss.at + hold, loss.not_before);
}

std::optional<own_loss> own_losses::take_due(time_point now, double patience) {
    const auto found = std::find_if(held_.begin(), held_.end(), [&](const own_loss& held) {
        return due(held, patience) <= now;
    });
    if (found == held_.end()) return std::nullopt;
    own_loss out = std::move(*found);
    held_.erase(found);
    return out;
}

std::optional<time_point> own_losses::next_deadline(double patience) const {
    std::optional<time_point> earliest;
    for (const own_loss& held : held_) {
        const time_point at = due(held, patience);
        earliest = std::min(earliest.value_or(at), at);
    }
    return earliest;
}

}  // namespace meshhost::peers::proto
