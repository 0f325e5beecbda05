// SPDX-License-Identifier: Apache-2.0
#include "relay/proto/relay_seats.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <cstring>

namespace meshhost::relay::proto {

relay_seats::change relay_seats::take(const peer_bytes& id, client_number who) {
    auto& taken = seats_[id].taken;
    change out;
    if (!taken.empty()) {
        out.superseded = taken.back();
        ++inactive_;
    }
    if (taken.size() >= same_id_max) {
        out.evicted = taken.front();
        taken.erase(taken.begin());
        --inactive_;
    }
    taken.push_back(who);
    return out;
}

relay_seats::change relay_seats::leave(const peer_bytes& id, client_number who) {
    const auto at = seats_.find(id);
    if (at == seats_.end()) return {};
    auto& taken = at->second.taken;
    const auto place = std::ranges::find(taken, who);
    if (place == taken.end()) return {};
    const bool was_active = place + 1 == taken.end();
    taken.erase(place);
    change out;
    if (!taken.empty()) {
        --inactive_;
        if (was_active) out.promoted = taken.back();
        return out;
    }
    const auto contacts = at->second.contacts.extract_sequence();
    out.contacts.assign(contacts.begin(), contacts.end());
    seats_.erase(at);
    return out;
}

std::optional<client_number> relay_seats::active(const peer_bytes& id) const {
    const auto at = seats_.find(id);
    if (at == seats_.end()) return {};
    return at->second.taken.back();
}

void relay_seats::note_contact(const peer_bytes& from, const peer_bytes& to) {
    const auto at = seats_.find(from);
    MH_ASSERT(at != seats_.end(), "who sends has a seat");
    auto& contacts = at->second.contacts;
    if (contacts.size() < contacts_max) contacts.insert(to);
}

/// Multiply-shift over two words of the key: whoever does not know the secret cannot aim.
std::size_t relay_seats::id_hash::operator()(const peer_bytes& id) const noexcept {
    std::uint64_t one = 0;
    std::uint64_t two = 0;
    std::memcpy(&one, id.data(), sizeof one);
    std::memcpy(&two, id.data() + sizeof one, sizeof two);
    std::uint64_t mixed = (one ^ secret) * (two | 1) + (two ^ secret) * secret;
    mixed ^= mixed >> 32;
    return mixed * secret;
}

}  // namespace meshhost::relay::proto
