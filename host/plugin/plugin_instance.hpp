// SPDX-License-Identifier: Apache-2.0
#pragma once
// One running role, seen from the shard, wherever it runs.
#include "plugin/instance_context.hpp"
#include "plugin/plugin_fault.hpp"
#include "plugin/proto/limits.hpp"

namespace meshhost::plugin {

/// Lifecycle: make it, create(), start(), shut_down(), and after up::exited destroy it. Called on
/// the shard's thread. Destroying one that still runs
/// ends it: a process is killed, a thread waited for until proto::stop_limit, then abandoned.
class plugin_instance {
public:
    plugin_instance() = default;
    plugin_instance(const plugin_instance&) = delete;
    plugin_instance& operator=(const plugin_instance&) = delete;
    virtual ~plugin_instance() = default;

    /// Blocks until the role is created. Errors: MP201, MP203, MP302.
    virtual checked<> create(duration limit = proto::create_limit) = 0;

    /// For one that was created before. Where it can, it does not wait, and says later what is
    /// wrong.
    virtual checked<> create_again() { return create(proto::restart_create_limit); }

    virtual void start() = 0;
    virtual void publish(proto::peer_snapshot_ptr snapshot) = 0;
    virtual void send(proto::down_message message) = 0;

    /// New code takes over what the old one holds; up::swapped says how that went.
    virtual void swap(std::shared_ptr<const next_generation> next) = 0;

    /// For experiments: as if a callback had thrown.
    virtual void inject_exception() = 0;

    /// Drains until the deadline, then stops and destroys.
    virtual void shut_down(time_point drain_deadline) = 0;

    /// Whether it ends within `limit`.
    virtual bool join(duration limit) = 0;
    /// Ends it at once, if that can be done without harm to the host; up::faulted and up::exited
    /// follow.
    virtual bool kill(const std::string& why) = 0;
    /// It may never end: it is not waited for, and never touches the host again.
    virtual void abandon() = 0;

    virtual const instance_facts& facts() const noexcept = 0;
    virtual std::size_t queued() const = 0;
    virtual std::size_t handles() const noexcept = 0;
};

}  // namespace meshhost::plugin
