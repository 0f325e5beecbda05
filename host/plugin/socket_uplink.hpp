// SPDX-License-Identifier: Apache-2.0
#pragma once
// The uplink of a worker process: frames on the socket to its host.
#include "base/unique_fd.hpp"
#include "plugin/frame_writer.hpp"
#include "plugin/proto/worker_link.hpp"
#include "plugin/uplink.hpp"

#include <atomic>
#include <memory>
#include <mutex>

namespace meshhost::plugin {

class event_queue;

/// Whoever speaks writes; what the socket does not take is written by flush(), which the worker's
/// main thread calls when there is room. Any thread.
class socket_uplink final : public uplink {
public:
    /// `socket` does not block, and outlives it. `queue` hears when there is room again.
    socket_uplink(int socket, std::shared_ptr<event_queue> queue);

    bool offer(proto::up_message message) override;
    void send(proto::up_message message) override;
    void say_created(const proto::worker::created& how);

    /// Readable when the worker's main thread has something to do: a backlog, or an instance that
    /// has ended. flush() takes it back.
    int wake() const noexcept { return wake_.get(); }
    /// False: the host is gone.
    bool flush();
    bool has_backlog() const;
    /// The instance said its last word.
    bool has_ended() const noexcept { return has_ended_; }
    /// Blocks until all is written, or nothing can be.
    void drain();

private:
    void put(const proto::from_worker& message);
    void write_some();

    int socket_;
    unique_fd wake_;
    std::shared_ptr<event_queue> queue_;
    mutable std::mutex mutex_;
    frame_writer waiting_;
    bool is_awaited_ = false;  ///< something was refused
    bool is_broken_ = false;
    std::atomic<bool> has_ended_ = false;
};

}  // namespace meshhost::plugin
