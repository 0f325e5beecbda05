// SPDX-License-Identifier: Apache-2.0
#pragma once
// A partial view of the members of a topic: a small set of peers with what is known of each.
// HyParView has two, the neighbours and the reserve.
#include "base/prng.hpp"
#include "base/time.hpp"
#include "gossip/proto/address_spread.hpp"
#include "gossip/proto/message.hpp"
#include "gossip/proto/shared_bytes.hpp"

#include <span>
#include <vector>

namespace meshhost::gossip::proto {

struct view_entry {
    identity::endpoint_id id;
    shared_bytes data;           ///< its AddrInfo; empty: not known
    address_prefix prefix = 0;   ///< of `data`
    bool is_own_choice = false;  ///< of a neighbour: we asked it, not it us
    bool is_observer = false;    ///< of a neighbour: it carries nothing, and is named to nobody
    bool was_neighbor = false;   ///< of a reserve: not only known by name
    time_point not_before{};     ///< of a reserve: it refused us, ask again then

    peer_info info() const noexcept { return {id, data.view()}; }
};

/// Insertion order, except that the last takes the place of one that is removed: a run repeats
/// from its seed. Not bounded itself: its owner makes room before it adds.
class peer_view {
public:
    std::span<const view_entry> entries() const noexcept { return entries_; }
    std::size_t size() const noexcept { return entries_.size(); }
    bool empty() const noexcept { return entries_.empty(); }
    bool contains(const identity::endpoint_id& id) const noexcept { return find(id) != nullptr; }

    view_entry* find(const identity::endpoint_id& id) noexcept;
    const view_entry* find(const identity::endpoint_id& id) const noexcept;

    /// Precondition: it is not in the view.
    void add(view_entry entry) { entries_.push_back(std::move(entry)); }
    bool remove(const identity::endpoint_id& id) noexcept;

    /// Remembers newer data. True when it was unknown or different, and is not empty.
    static bool update(view_entry& entry, bytes_view data);

    /// Uniform among those that `accepts`; nullptr when there is none.
    template <class Predicate>
    const view_entry* pick(prng& random, Predicate accepts) const {
        std::size_t eligible = 0;
        for (const view_entry& entry : entries_)
            if (accepts(entry)) ++eligible;
        if (eligible == 0) return nullptr;
        std::size_t nth = random.below(eligible);
        for (const view_entry& entry : entries_)
            if (accepts(entry) && nth-- == 0) return &entry;
        return nullptr;
    }

    /// Appends up to `count` random entries, `except` not among them, as long as the list keeps
    /// within peer_list_size_max bytes.
    void sample(
        peer_list& out,
        std::size_t count,
        const identity::endpoint_id& except,
        prng& random
    ) const;

    /// Whom to remove so that `newcomer` fits: somebody of its own network when that has its
    /// share, else of a network over its share, else anybody; only those that `may_go`. nullptr:
    /// nobody may.
    template <class Predicate>
    const view_entry* pick_victim(
        address_prefix newcomer,
        std::size_t prefix_max,
        prng& random,
        Predicate may_go
    ) const {
        const auto is_crowded = [&](const view_entry& entry) {
            if (entry.prefix == 0) return false;
            const std::size_t all = count_of(entry.prefix) + (entry.prefix == newcomer ? 1 : 0);
            return all > prefix_max && may_go(entry);
        };
        const auto is_own = [&](const view_entry& entry) {
            return entry.prefix == newcomer && is_crowded(entry);
        };
        if (const view_entry* own = pick(random, is_own)) return own;
        if (const view_entry* crowded = pick(random, is_crowded)) return crowded;
        return pick(random, may_go);
    }

private:
    std::size_t count_of(address_prefix prefix) const noexcept;

    std::vector<view_entry> entries_;
};

}  // namespace meshhost::gossip::proto
