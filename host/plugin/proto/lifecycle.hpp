// SPDX-License-Identifier: Apache-2.0
#pragma once
// The life of one instance, as mesh/plugin.h draws it: which callback the host owes the plugin
// next. A finite operation: feed it what happened, make the callback it asks for, feed back how
// that went. Knows no clock, no thread and no plugin.
#include "base/time.hpp"
#include "plugin/proto/limits.hpp"

#include <cstdint>

namespace meshhost::plugin::proto {

/// What an operator reads. The words of to_string() are settled.
enum class instance_state : std::uint8_t { created, starting, running, draining, stopped, failed };

const char* to_string(instance_state state) noexcept;

/// The callback to make next; `none`: wait for an event or for next_deadline().
enum class callback : std::uint8_t { none, start, drain, stop, destroy };

/// How a callback went.
enum class call_end : std::uint8_t {
    done,     ///< MESH_OK
    pending,  ///< MESH_PENDING: started() or drained() follows
    failed,
};

/// Begins in `created`: create has succeeded. One callback is in flight at most; between asking
/// for one and returned() nothing else is fed.
class lifecycle {
public:
    /// From the call of start to MESH_OK or started().
    explicit lifecycle(duration start_within = start_limit) noexcept
        : start_within_(start_within) {}

    /// The operator wants it to run.
    callback start_requested(time_point now);

    /// The operator wants it to end: drain if it runs, stop, destroy. The drain has until
    /// `drain_deadline`.
    callback shutdown_requested(time_point drain_deadline);

    /// The callback that was asked for has returned.
    callback returned(call_end end);

    /// mesh_host.started(), after a pending start.
    callback started(bool ok);

    /// mesh_host.drained().
    callback drained();

    /// It gave up or was given up. `callable`: it may still be told to stop; false after an
    /// exception crossed the boundary, when none of its code can be trusted to run.
    callback broke(bool callable);

    /// Call at or after next_deadline().
    callback deadline_passed();
    time_point next_deadline() const noexcept { return deadline_; }

    instance_state state() const noexcept;
    /// Events may be delivered.
    bool takes_events() const noexcept;
    /// Nothing more will be asked for: destroyed, or not to be touched again.
    bool is_over() const noexcept { return phase_ == phase::gone; }

private:
    enum class phase : std::uint8_t {
        created,
        starting,
        running,
        draining,
        stopping,
        stopped,
        destroying,
        gone,
    };

    callback enter(phase next, callback ask, time_point deadline = no_deadline) noexcept;
    callback after_stop() noexcept;

    duration start_within_;
    phase phase_ = phase::created;
    time_point deadline_ = no_deadline;
    bool failed_ = false;
    bool shutting_down_ = false;  ///< destroy once it is stopped
};

}  // namespace meshhost::plugin::proto
