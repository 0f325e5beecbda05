// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which message may cut the tree. The links that one message crosses are a spanning tree, and so
// are those that are left when all others are cut. When two messages that are under way at the same
// time cut, each breaks every cycle somewhere else, and the mesh falls apart into pieces that
// grafts must join again. So of all messages that are near each other in time one is elected, the
// one with the lowest id, which every node can tell for itself; copies of the others cut nothing.
#include "base/time.hpp"
#include "identity/content_hash.hpp"

#include <optional>
#include <vector>

namespace meshhost::gossip::proto {

class tree_shaper {
public:
    /// Elections are at least `pause` apart.
    explicit tree_shaper(duration pause) noexcept
        : pause_(pause) {}

    /// A message is here for the first time. True: it is the candidate now, and whoever was is out.
    /// `window` is how long a message may be under way.
    bool consider(const identity::content_hash& id, duration window, time_point now);

    /// It is the candidate, or was elected last and nobody stands since.
    bool is_shaping(const identity::content_hash& id) const noexcept;
    bool is_elected() const noexcept { return is_elected_; }

    /// When the candidate is elected, unless a lower id comes.
    time_point next_deadline() const noexcept { return elected_at_; }
    /// Precondition: the deadline has come.
    void elect(time_point now) noexcept;
    /// What the message said about the tree is no longer true.
    void forget() noexcept;

private:
    struct sighting {
        identity::content_hash id;
        time_point at;
    };

    duration pause_;
    /// Those of the last window that no later one is below: ids and times ascend.
    std::vector<sighting> lowest_;
    std::optional<identity::content_hash> shaping_;
    bool is_elected_ = false;
    duration window_{};  ///< of the candidate
    time_point elected_at_ = no_deadline;
    time_point rest_until_;  ///< what the last cuts made is under way
};

}  // namespace meshhost::gossip::proto
