// SPDX-License-Identifier: Apache-2.0
#include "gossip/proto/peer_view.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace meshhost::gossip::proto {

using identity::endpoint_id;

view_entry* peer_view::find(const endpoint_id& id) noexcept {
    return const_cast<view_entry*>(std::as_const(*this).find(id));
}

const view_entry* peer_view::find(const endpoint_id& id) const noexcept {
    const auto at = std::find_if(entries_.begin(), entries_.end(), [&](const view_entry& entry) {
        return entry.id == id;
    });
    return at == entries_.end() ? nullptr : &*at;
}

bool peer_view::remove(const endpoint_id& id) noexcept {
    view_entry* const found = find(id);
    if (found == nullptr) return false;
    if (found != &entries_.back()) *found = std::move(entries_.back());
    entries_.pop_back();
    return true;
}

bool peer_view::update(view_entry& entry, bytes_view data) {
    const bytes_view known = entry.data.view();
    const bool is_news =
        !data.empty() && !std::equal(data.begin(), data.end(), known.begin(), known.end());
    if (!is_news) return false;
    entry.data = shared_bytes::copy_of(data);
    entry.prefix = prefix_of(data);
    return true;
}

void peer_view::sample(peer_list& out, std::size_t count, const endpoint_id& except, prng& random)
    const {
    boost::container::small_vector<std::size_t, 32> order(entries_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::size_t size =
        std::accumulate(out.begin(), out.end(), std::size_t{0}, [](auto sum, const auto& info) {
            return sum + encoded_size(info);
        });
    for (std::size_t i = 0; i < order.size() && count > 0; ++i) {
        std::swap(order[i], order[i + random.below(order.size() - i)]);
        const view_entry& chosen = entries_[order[i]];
        if (chosen.id == except || chosen.is_observer) continue;
        if (size + encoded_size(chosen.info()) > peer_list_size_max) continue;
        size += encoded_size(chosen.info());
        out.push_back(chosen.info());
        --count;
    }
}

std::size_t peer_view::count_of(address_prefix prefix) const noexcept {
    return static_cast<std::size_t>(std::count_if(
        entries_.begin(),
        entries_.end(),
        [prefix](const view_entry& entry) { return entry.prefix == prefix; }
    ));
}

}  // namespace meshhost::gossip::proto
