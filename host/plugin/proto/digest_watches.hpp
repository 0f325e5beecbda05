// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which digest values of other nodes one instance watches, and which of them changed since it was
// last told. A machine, like peer_watches.
#include "plugin/proto/handle_table.hpp"
#include "plugin/proto/limits.hpp"
#include "plugin/proto/peer_snapshot.hpp"

#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace meshhost::plugin::proto {

struct digest_event {
    handle watch = 0;
    std::uint64_t tag = 0;
    identity::endpoint_id node;
    std::shared_ptr<const peers::proto::contribution> item;  ///< the new one, or the last known
    bool cleared = false;                                    ///< there is no value any more
    std::uint64_t version = 0;  ///< rises with each change of the node's digest
};

/// At most watches_max watches. One thread: the strand.
class digest_watches {
public:
    /// Call when poll() is drained, so that the backlog is bounded.
    void apply(peer_snapshot_ptr next);

    /// Empty `role`: every role. In `key_glob` * stands for any text and ? for one character.
    /// Known values are announced by events. 0 when there are too many.
    handle watch(std::string role, std::string key_glob, std::uint64_t tag);

    /// false: not a live watch. None of its events comes out of poll() afterwards.
    bool unwatch(handle watch);

    /// Drain until nullopt.
    std::optional<digest_event> poll();
    bool has_events() const noexcept { return !events_.empty(); }

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
        std::string key_glob;
        std::uint64_t tag = 0;
    };

    void announce(handle watch, const watcher& by, const peer_snapshot_ptr& before);

    peer_snapshot_ptr snapshot_ = std::make_shared<const peer_snapshot>();
    handle_table<watcher> watches_{handle_kind::digest_watch, watches_max};
    std::deque<digest_event> events_;
};

/// The value `role`.`key` of `peer`, or nullptr.
const peers::proto::contribution* find_contribution(
    const peer_view& peer,
    std::string_view role,
    std::string_view key
);

}  // namespace meshhost::plugin::proto
