// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whom the heal probe tries: members that vanished without a word, who may be on the far side of
// a partition, and peers that the user named, who may be in a part of the mesh that never met
// ours.
#include "base/prng.hpp"
#include "gossip/proto/config.hpp"
#include "gossip/proto/message.hpp"
#include "gossip/proto/shared_bytes.hpp"

#include <vector>

namespace meshhost::gossip::proto {

struct heal_candidate {
    identity::endpoint_id id;
    shared_bytes data;        ///< where it was; a fresh dial may need it
    bool is_lost = false;     ///< else: named
    time_point since{};       ///< lost or named then
    time_point not_before{};  ///< the next try
    duration wait{};          ///< of a named one, after its next answer

    peer_info info() const noexcept { return {id, data.view()}; }
};

/// Holds limits::lost lost and limits::bootstrap named ones; of the lost the oldest makes room,
/// of the named the newest is refused.
class heal_list {
public:
    heal_list(const heal_config& options, const limits& limit)
        : options_(options)
        , lost_max_(limit.lost)
        , named_max_(limit.bootstrap) {}

    void lose(const peer_info& peer, time_point now);
    void name(const identity::endpoint_id& peer, time_point now);
    /// It is back, or well without us: no longer lost.
    void found(const identity::endpoint_id& peer) noexcept;

    /// Whose turn it is, lost ones first, nullptr: nobody's. Its next turn is set: of a lost one
    /// after a twentieth of the time that it has been gone, so that an outage of an hour is over
    /// within minutes and one of a day does not cost a dial every 30 s; of a named one after twice
    /// the time as before.
    const heal_candidate* next(prng& random, time_point now);

    /// A named one turned out to need us: ask it again soon.
    void hurry(const identity::endpoint_id& peer, time_point now) noexcept;

    std::size_t size() const noexcept { return candidates_.size(); }
    std::size_t lost() const noexcept;
    bool empty() const noexcept { return candidates_.empty(); }
    bool is_lost(const identity::endpoint_id& peer) const noexcept;
    const std::vector<heal_candidate>& candidates() const noexcept { return candidates_; }

private:
    std::vector<heal_candidate>::iterator find(const identity::endpoint_id& peer) noexcept;
    heal_candidate* pick(bool is_lost, prng& random, time_point now) noexcept;
    void expire(time_point now) noexcept;

    heal_config options_;
    std::size_t lost_max_;
    std::size_t named_max_;
    std::vector<heal_candidate> candidates_;  ///< oldest first
};

}  // namespace meshhost::gossip::proto
