// SPDX-License-Identifier: Apache-2.0
#pragma once
// The messages of one topic that were received or sent lately: their ids, so that none is
// delivered twice, and for a shorter time their frames, for whoever grafts.
#include "base/time.hpp"
#include "gossip/proto/config.hpp"
#include "gossip/proto/fifo.hpp"
#include "gossip/proto/shared_bytes.hpp"
#include "identity/content_hash.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

namespace meshhost::gossip::proto {

/// Bounded by limits: of ids and of frames the oldest make room.
class message_store {
public:
    message_store(const broadcast_config& options, const limits& limit) noexcept
        : options_(options)
        , limits_(limit) {}

    bool contains(const identity::content_hash& id) const { return known_.contains(id); }

    /// The frame to pass on, round and all; nullptr when it is gone or was never here.
    const shared_bytes* frame_of(const identity::content_hash& id) const;

    /// Precondition: it does not contain the id.
    void add(const identity::content_hash& id, shared_bytes frame, time_point now);

    /// Forgets what is too old. Called before any look; costs nothing while nothing is.
    void expire(time_point now);

    std::size_t ids() const noexcept { return known_.size(); }
    std::size_t frames() const noexcept { return frames_.size(); }
    std::size_t frame_bytes() const noexcept { return frame_bytes_; }

private:
    struct expiry {
        time_point at;
        identity::content_hash id;
    };

    void drop_oldest_id();
    void drop_oldest_frame();

    const broadcast_config& options_;
    const limits& limits_;
    using id_hash = std::hash<identity::content_hash>;
    boost::unordered_flat_map<identity::content_hash, shared_bytes, id_hash> known_;
    fifo<expiry> ids_;     ///< oldest first
    fifo<expiry> frames_;  ///< oldest first
    std::size_t frame_bytes_ = 0;
};

}  // namespace meshhost::gossip::proto
