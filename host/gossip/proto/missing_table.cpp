// SPDX-License-Identifier: Apache-2.0
#include "gossip/proto/missing_table.hpp"

#include <algorithm>

namespace meshhost::gossip::proto {

using identity::content_hash;
using identity::endpoint_id;

namespace {

bool has_claim_of(const missing_message& entry, const endpoint_id& peer) noexcept {
    return std::any_of(entry.claims.begin(), entry.claims.end(), [&](const auto& claim) {
        return claim.peer == peer;
    });
}

}  // namespace

missing_message* missing_table::claim(
    const content_hash& id,
    const missing_claim& by,
    time_point now
) {
    const auto at = entries_.find(id);
    if (at != entries_.end()) {
        missing_message& known = at->second;
        if (known.claims.size() < limits_.claims && !has_claim_of(known, by.peer))
            known.claims.push_back(by);
        return &known;
    }
    if (entries_.size() >= limits_.missing) return nullptr;
    std::size_t& count = counts_[by.peer];
    if (count >= limits_.missing_of_peer) return nullptr;
    ++count;
    missing_message& added = entries_[id];
    added.since = now;
    added.first = by.peer;
    added.claims.push_back(by);
    return &added;
}

bool missing_table::has_asked() const noexcept {
    return std::any_of(entries_.begin(), entries_.end(), [](const auto& entry) {
        return entry.second.asked > 0;
    });
}

missing_message* missing_table::find(const content_hash& id) {
    const auto at = entries_.find(id);
    return at == entries_.end() ? nullptr : &at->second;
}

void missing_table::erase(const content_hash& id) {
    erase(entries_.find(id));
}

missing_table::table::iterator missing_table::erase(table::iterator at) {
    const auto count = counts_.find(at->second.first);
    if (--count->second == 0) counts_.erase(count);
    return entries_.erase(at);
}

void missing_table::forget_peer(const endpoint_id& peer) {
    for (auto at = entries_.begin(); at != entries_.end();) {
        auto& claims = at->second.claims;
        const auto gone = std::remove_if(claims.begin(), claims.end(), [&](const auto& claim) {
            return claim.peer == peer;
        });
        claims.erase(gone, claims.end());
        at = claims.empty() ? erase(at) : std::next(at);
    }
}

time_point missing_table::next_deadline() const noexcept {
    time_point next = no_deadline;
    for (const auto& [id, entry] : entries_)
        next = std::min(next, entry.deadline);
    return next;
}

const content_hash* missing_table::due(time_point now) const noexcept {
    for (const auto& [id, entry] : entries_)
        if (entry.deadline <= now) return &id;
    return nullptr;
}

}  // namespace meshhost::gossip::proto
