// SPDX-License-Identifier: Apache-2.0
#pragma once
// Messages that neighbours announced and that have not come: who claims to have each, and when to
// ask one of them.
#include "base/time.hpp"
#include "gossip/proto/config.hpp"
#include "gossip/proto/message.hpp"

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
};

/// Bounded by limits, in all and for each peer: what is too much is not remembered, and comes by
/// another way or not at all.
class missing_table {
public:
    explicit missing_table(const limits& limit) noexcept
        : limits_(limit) {}

    std::size_t size() const noexcept { return entries_.size(); }

    /// A peer says that it has the message. The entry, or nullptr when there is no room for it.
    missing_message* claim(
        const identity::content_hash& id,
        const missing_claim& by,
        time_point now
    );

    missing_message* find(const identity::content_hash& id);
    void erase(const identity::content_hash& id);
    void forget_peer(const identity::endpoint_id& peer);

    time_point next_deadline() const noexcept;

    /// Some message whose deadline has come; nullptr when there is none. Whoever gets it moves the
    /// deadline or erases it.
    const identity::content_hash* due(time_point now) const noexcept;

private:
    std::size_t count_of(const identity::endpoint_id& peer) const noexcept;

    const limits& limits_;
    std::map<identity::content_hash, missing_message> entries_;
};

}  // namespace meshhost::gossip::proto
