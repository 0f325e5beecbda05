// SPDX-License-Identifier: Apache-2.0
#include "quic/closing_table.hpp"

#include <algorithm>
#include <bit>

namespace meshhost::quic {

void closing_table::add(entry closed) {
    if (entries_.size() >= entries_max) drop(entries_.begin());
    // Lifetimes are alike, so the place is found at the end in a step or two.
    auto place = entries_.end();
    while (place != entries_.begin() && std::prev(place)->until > closed.until)
        --place;
    const auto it = entries_.insert(place, std::move(closed));
    for (const connection_id& id : it->ids)
        index_.insert_or_assign(id, it);
}

bool closing_table::receive(const connection_id& id, bytes_view& answer) {
    const auto found = index_.find(id);
    if (found == index_.end()) return false;
    entry& closed = *found->second;
    ++closed.heard;
    // The 1st, 2nd, 4th, 8th … packet is answered: a peer that floods gets ever less back.
    answer = std::has_single_bit(closed.heard) ? bytes_view(closed.farewell) : bytes_view();
    return true;
}

void closing_table::expire(time_point now) {
    while (!entries_.empty() && entries_.front().until <= now)
        drop(entries_.begin());
}

time_point closing_table::next_deadline() const noexcept {
    return entries_.empty() ? no_deadline : entries_.front().until;
}

void closing_table::drop(std::list<entry>::iterator it) {
    for (const connection_id& id : it->ids) {
        const auto found = index_.find(id);
        if (found != index_.end() && found->second == it) index_.erase(found);
    }
    entries_.erase(it);
}

}  // namespace meshhost::quic
