// SPDX-License-Identifier: Apache-2.0
#pragma once
// One running role, seen from the shard: its thread is started, told and waited for here.
#include "plugin/instance_context.hpp"
#include "plugin/instance_listener.hpp"
#include "plugin/plugin_fault.hpp"
#include "plugin/proto/limits.hpp"

#include <future>
#include <memory>
#include <thread>

namespace meshhost::net {
class shard;
}  // namespace meshhost::net

namespace meshhost::plugin {

/// Lifecycle: make it, create(), start(), shut_down(), and after the listener's on_exit() destroy
/// it. Called on the shard's thread.
///
/// A thread that runs a stranger's code cannot be stopped from outside. One that does not return is
/// abandoned: it may sit in the plugin until the process ends, and never touches the host again.
class plugin_instance {
public:
    plugin_instance(
        instance_facts facts,
        proto::peer_snapshot_ptr known,
        net::shard& shard,
        std::weak_ptr<instance_listener> listener
    );
    plugin_instance(const plugin_instance&) = delete;
    plugin_instance& operator=(const plugin_instance&) = delete;

    /// Waits for a running thread until the limit, then abandons it.
    ~plugin_instance();

    /// Blocks until the role is created. Errors: MP201, MP203, MP302.
    checked<> create(duration limit = proto::create_limit);

    void start();
    void publish(proto::peer_snapshot_ptr snapshot);

    /// For experiments: as if a callback had thrown.
    void inject_exception();

    /// Drains until the deadline, then stops and destroys.
    void shut_down(time_point drain_deadline);

    /// Whether the thread ends within `limit`; then it is joined.
    bool join(duration limit);
    void abandon();
    bool is_abandoned() const noexcept { return context_->gate.is_abandoned(); }

    const instance_facts& facts() const noexcept { return context_->facts; }
    std::size_t queued() const { return context_->queue.size(); }
    std::size_t handles() const noexcept { return context_->handles; }

private:
    std::shared_ptr<instance_context> context_;
    net::shard& shard_;
    std::weak_ptr<instance_listener> listener_;
    std::thread thread_;
    std::future<void> ended_;
};

}  // namespace meshhost::plugin
