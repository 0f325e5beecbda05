// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which connection stands for an endpoint id. The newest does; older ones of the same id stay, and
// get their place back when it leaves. Also whom an id has sent something to, to tell them when the
// last of its connections is gone.
#include "base/strong_id.hpp"
#include "relay/proto/relay_message.hpp"

#include <boost/container/flat_set.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include <optional>
#include <vector>

namespace meshhost::relay::proto {

/// One connection to the relay, numbered by its driver; never used twice.
using client_number = strong_id<struct relay_client_tag>;

class relay_seats {
public:
    /// Connections of one id, and peers remembered of it: further peers are not told.
    static constexpr std::size_t same_id_max = 8;
    static constexpr std::size_t contacts_max = 1024;

    /// `secret`: ids are chosen by strangers, who are not to know which meet in one bucket.
    explicit relay_seats(std::uint64_t secret)
        : seats_(0, id_hash{secret | 1}) {}

    struct change {
        std::optional<client_number> superseded = {};  ///< it was the active one
        std::optional<client_number> evicted = {};     ///< same_id_max was reached: the oldest
        std::optional<client_number> promoted = {};    ///< it is the active one again
        std::vector<peer_bytes> contacts = {};         ///< of an id whose last connection left
    };

    /// `who` is the active one from now on. An evicted one is out already.
    change take(const peer_bytes& id, client_number who);
    change leave(const peer_bytes& id, client_number who);

    std::optional<client_number> active(const peer_bytes& id) const;
    /// `from`, which has a seat, sent something to `to`.
    void note_contact(const peer_bytes& from, const peer_bytes& to);

    std::size_t size() const noexcept { return seats_.size(); }
    std::size_t inactive() const noexcept { return inactive_; }

private:
    struct id_hash {
        std::uint64_t secret;
        std::size_t operator()(const peer_bytes& id) const noexcept;
    };
    struct seat {
        std::vector<client_number> taken;  ///< oldest first: the last is active
        boost::container::flat_set<peer_bytes> contacts;
    };

    boost::unordered_flat_map<peer_bytes, seat, id_hash> seats_;
    std::size_t inactive_ = 0;
};

}  // namespace meshhost::relay::proto
