// SPDX-License-Identifier: Apache-2.0
#pragma once
// The one place where other threads meet an instance's strand: signals of its life, the latest
// view of the mesh, and a bounded queue of events. The only mutex of the room is in here.
#include <mesh/plugin.h>

#include "base/time.hpp"
#include "peers/proto/node_digest.hpp"
#include "plugin/proto/link_message.hpp"
#include "plugin/proto/peer_snapshot.hpp"

#include <array>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace meshhost::plugin {

struct next_generation;

/// A turn in the instance's life. Never refused: one of each kind waits at most.
struct strand_signal {
    enum class kind : std::uint8_t { start, shut_down, started, drained, fatal, throw_now, swap };

    kind what = kind::start;
    mesh_status status = MESH_OK;                 ///< of `started` and `fatal`
    std::string text;                             ///< of `started` and `fatal`: the plugin's words
    time_point deadline{};                        ///< of `shut_down`: until when it may drain
    std::shared_ptr<const next_generation> next;  ///< of `swap`
};
inline constexpr std::size_t signal_kinds = 7;

/// mesh_host.post()
struct posted_event {
    std::uint64_t tag = 0;
    void* ptr = nullptr;
    time_point queued{};
};

/// mesh.digest/1 set() from a thread of the plugin's.
struct digest_update {
    std::uint32_t key = 0;
    peers::proto::digest_value value;
};

using queued_item = std::variant<posted_event, digest_update, proto::down_message>;

/// What one wait brings, in the order in which it is to be dealt with.
struct strand_work {
    std::vector<strand_signal> signals;
    proto::peer_snapshot_ptr snapshot;  ///< null: no newer one
    std::optional<queued_item> item;
};

/// Any thread feeds it; the strand alone waits. At most posted_max items of the plugin's own; what
/// the host sends is bounded where it is made.
class event_queue {
public:
    /// false: full; nothing was queued.
    bool push(queued_item item);
    void send(proto::down_message message);
    void raise(strand_signal signal);
    /// Replaces a snapshot that the strand has not looked at yet.
    void publish(proto::peer_snapshot_ptr snapshot);

    /// Returns at `deadline`, or as soon as there is work.
    strand_work wait_until(time_point deadline);

    /// Drops the items, not the signals; how many there were.
    std::size_t drop_items();
    std::size_t size() const;

private:
    bool has_work() const noexcept;

    mutable std::mutex mutex_;
    std::condition_variable arrived_;
    std::array<std::optional<strand_signal>, signal_kinds> signals_;
    proto::peer_snapshot_ptr snapshot_;
    std::deque<queued_item> items_;
    std::size_t pushed_ = 0;  ///< of the items, those that are not the host's
};

}  // namespace meshhost::plugin
