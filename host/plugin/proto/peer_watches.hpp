// SPDX-License-Identifier: Apache-2.0
#pragma once
// Who of one instance watches which peers, and what happened to those since it was last told. A
// machine: fed with snapshots, it says what differs.
#include "plugin/proto/handle_table.hpp"
#include "plugin/proto/limits.hpp"
#include "plugin/proto/peer_snapshot.hpp"

#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace meshhost::plugin::proto {

enum class peer_event_kind : std::uint8_t {
    up = 1,
    down,
    changed,
    draining,
    suspect
};  // the ABI's

struct peer_event {
    handle watch = 0;
    std::uint64_t tag = 0;
    peer_event_kind kind = peer_event_kind::up;
    identity::endpoint_id id;
    std::shared_ptr<const peer_view> peer;  ///< as it is now, or was when last seen
    std::string reason;
};

/// At most watches_max watches, and one event a watch and peer for each snapshot applied. One
/// thread: the strand.
class peer_watches {
public:
    /// Call when poll() is drained, so that the backlog is bounded.
    void apply(peer_snapshot_ptr next);

    /// An empty `role` watches every peer. Those already known are announced by events. 0 when
    /// there are too many.
    handle watch(std::string role, std::uint64_t tag);

    /// false: not a live watch. None of its events comes out of poll() afterwards.
    bool unwatch(handle watch);

    /// Drain until nullopt.
    std::optional<peer_event> poll();
    bool has_events() const noexcept { return !events_.empty(); }

    /// The latest; empty before the first.
    const peer_snapshot& snapshot() const noexcept { return *snapshot_; }

    std::size_t size() const noexcept { return watches_.size(); }
    void clear();

    /// f(handle, tag&) for each, for a handoff.
    template <class F>
    void for_each(F&& f) {
        watches_.for_each([&f](handle h, auto& held) { f(h, held.tag); });
    }

private:
    struct watcher {
        std::string role;
        std::uint64_t tag = 0;
    };

    void announce(handle watch, const watcher& by, const peer_snapshot_ptr& before);

    peer_snapshot_ptr snapshot_ = std::make_shared<const peer_snapshot>();
    handle_table<watcher> watches_{handle_kind::peer_watch, watches_max};
    std::deque<peer_event> events_;
};

}  // namespace meshhost::plugin::proto
