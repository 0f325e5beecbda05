// SPDX-License-Identifier: Apache-2.0
#pragma once
// Messages that neighbours announced and that have not come: who claims to have each, and when to
// ask one of them.
#include "base/time.hpp"
#include "gossip/proto/config.hpp"
#include "gossip/proto/message.hpp"

#include <boost/container/flat_map.hpp>
#include <boost/container/small_vector.hpp>

#include <map>

namespace meshhost::gossip::proto {

struct missing_claim {
    identity::endpoint_id peer;
    std::uint16_t round = 0;
};

struct missing_message {
    boost::container::small_vector<missing_claim, 2> claims;  ///< whom to ask, in this order
    time_point since;                                         ///< the first announcement
    time_point deadline = no_deadline;                        ///< then the next is asked
    std::uint32_t asked = 0;
    identity::endpoint_id first;  ///< to announce it
};

/// Bounded by limits, in all and for each peer: what is too much is not remembered, and comes by
/// another way or not at all.
class missing_table {
public:
    explicit missing_table(const limits& limit) noexcept
        : limits_(limit) {}

    std::size_t size() const noexcept { return entries_.size(); }
    /// Whether any of them had to be asked for.
    bool has_asked() const noexcept;

    /// A peer says that it has the message. The entry, or nullptr when there is no room for it.
    missing_message* claim(
        const identity::content_hash& id,
        const missing_claim& by,
        time_point now
    );

    missing_message* find(const identity::content_hash& id);
    /// Precondition: it is there.
    void erase(const identity::content_hash& id);
    void forget_peer(const identity::endpoint_id& peer);

    time_point next_deadline() const noexcept;

    /// Some message whose deadline has come; nullptr when there is none. Whoever gets it moves the
    /// deadline or erases it.
    const identity::content_hash* due(time_point now) const noexcept;

private:
    using table = std::map<identity::content_hash, missing_message>;

    table::iterator erase(table::iterator at);

    const limits& limits_;
    table entries_;
    /// How many entries each peer was the first to announce; those that are none have no count.
    boost::container::flat_map<identity::endpoint_id, std::size_t> counts_;
};

}  // namespace meshhost::gossip::proto
