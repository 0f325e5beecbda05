// SPDX-License-Identifier: Apache-2.0
#pragma once
// The one place where other threads meet an instance's strand: signals of its life, the latest
// view of the mesh, and a bounded queue of events.
#include <mesh/plugin.h>

#include "base/time.hpp"
#include "base/unique_fd.hpp"
#include "peers/proto/node_digest.hpp"
#include "plugin/proto/fd_watches.hpp"
#include "plugin/proto/handle_table.hpp"
#include "plugin/proto/link_message.hpp"
#include "plugin/proto/peer_snapshot.hpp"

#include <array>
#include <atomic>
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

/// mesh.state/1: a commit has been written, or could not be.
struct commit_done {
    proto::handle commit = 0;
    mesh_status status = MESH_OK;
    std::string words;  ///< why not
};

/// mesh.worker/1: a job has ended, or was not begun.
struct work_done {
    std::uint64_t lane = 0;  ///< of the code that handed it over
    std::uint64_t tag = 0;
    void* job = nullptr;
    mesh_status status = MESH_OK;
    std::string words;
    bool crossed = false;  ///< an exception came out of it; `words` are its
};

/// Another thread gave the strand something to do at a time of its own: look when that is.
struct nudge_mark {};

using queued_item = std::
    variant<posted_event, digest_update, commit_done, work_done, nudge_mark, proto::down_message>;

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
    /// Throws std::system_error when there is no descriptor left for it.
    event_queue();
    event_queue(const event_queue&) = delete;
    event_queue& operator=(const event_queue&) = delete;

    /// false: full; nothing was queued.
    bool push(queued_item item);
    void send(proto::down_message message);
    /// The end of what a table bounds.
    void settle(commit_done done);
    void settle(work_done done);
    void nudge();
    void raise(strand_signal signal);
    /// Replaces a snapshot that the strand has not looked at yet.
    void publish(proto::peer_snapshot_ptr snapshot);

    /// Returns at `deadline`, or as soon as there is work, or one of `watches` saw something.
    strand_work wait_until(time_point deadline, proto::fd_watches* watches = nullptr);

    /// The strand's last call: gives the descriptor back, for the queue itself may be kept for as
    /// long as the process runs. Others may go on feeding it.
    void retire() noexcept;

    /// Drops the items, not the signals; how many there were.
    std::size_t drop_items();
    std::size_t size() const;

private:
    bool has_work() const noexcept;
    strand_work take_work();
    template <class Change>
    void change(Change change);
    void add(queued_item item);

    unique_fd bell_;  ///< an eventfd: rung when the strand sleeps
    mutable std::mutex mutex_;
    std::atomic<int> ringing_ = 0;  ///< threads that are about to ring
    bool is_strand_asleep_ = false;
    std::array<std::optional<strand_signal>, signal_kinds> signals_;
    proto::peer_snapshot_ptr snapshot_;
    std::deque<queued_item> items_;
    std::size_t pushed_ = 0;  ///< of the items, those that are not the host's
};

}  // namespace meshhost::plugin
