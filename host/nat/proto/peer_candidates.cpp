// SPDX-License-Identifier: Apache-2.0
#include "nat/proto/peer_candidates.hpp"

#include <algorithm>

namespace meshhost::nat::proto {

bool peer_candidates::apply(const add_address_frame& frame) {
    if (!is_probeable(frame.address.address)) return false;
    const auto at = by_seq_.find(frame.seq);
    if (at != by_seq_.end()) {
        if (at->second == frame.address) return false;
        at->second = frame.address;
        return true;
    }
    if (by_seq_.size() >= candidate_set::size_max) return false;
    by_seq_.emplace(frame.seq, frame.address);
    return true;
}

bool peer_candidates::apply(const remove_address_frame& frame) {
    return by_seq_.erase(frame.seq) > 0;
}

candidate_set peer_candidates::set() const {
    candidate_set all;
    for (const auto& [seq, one] : by_seq_)
        all.add(one);
    return all;
}

bool offered_candidates::update(const candidate_set& wanted, byte_buffer& out) {
    bool has_changed = false;
    // Removals first: so the client never has to hold more than there are.
    for (auto at = by_seq_.begin(); at != by_seq_.end();) {
        const candidate* const still = wanted.find(at->second.address);
        if (still != nullptr && *still == at->second) {
            ++at;
            continue;
        }
        append_frame(out, remove_address_frame{at->first});
        at = by_seq_.erase(at);
        has_changed = true;
    }
    for (const candidate& one : wanted.all()) {
        const bool is_there = std::any_of(by_seq_.begin(), by_seq_.end(), [&](const auto& known) {
            return known.second == one;
        });
        if (is_there) continue;
        append_frame(out, add_address_frame{++last_seq_, one});
        by_seq_.emplace(last_seq_, one);
        has_changed = true;
    }
    return has_changed;
}

}  // namespace meshhost::nat::proto
