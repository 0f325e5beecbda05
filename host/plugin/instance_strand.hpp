// SPDX-License-Identifier: Apache-2.0
#pragma once
// The thread side of an instance: the driver of its lifecycle, timers, watches and digest, and the
// only caller of its callbacks.
#include "plugin/instance_context.hpp"
#include "plugin/plugin_fault.hpp"
#include "plugin/proto/lifecycle.hpp"

#include <memory>

namespace meshhost::plugin {

/// Made on the shard's thread; everything else happens on its own. Once the context's gate is
/// abandoned it touches nothing of the host's again.
class instance_strand {
public:
    explicit instance_strand(std::shared_ptr<instance_context> context);

    /// First, on the strand's thread. After a failure there is nothing to run.
    /// Errors: MP203, MP302.
    checked<> create();

    /// Returns when the instance is destroyed or given up.
    void run();

private:
    // The life of the instance
    void make(proto::callback next);
    proto::callback call(proto::callback which);
    call_report back(call_report report);
    proto::callback settle(const char* name, const call_report& report);
    proto::callback give_up(plugin_fault fault, bool callable);
    proto::callback take_signal(const strand_signal& signal);
    proto::callback pass_deadline();
    void swap(const next_generation& next);
    void answer_swap(const plugin_fault* fault);
    void look_for_leaks();
    void cancel_all();
    void count_handles();

    // What it hears
    time_point next_wake() const noexcept;
    void take(const posted_event& posted);
    void take(digest_update& update);
    void take(proto::down_message& message);
    void take(proto::down::uplink_ready& ready);
    void look_around();
    void deliver_peer();
    void deliver_digest();
    void deliver_timer();
    void deliver(const mesh_event& event);
    bool has_watch_events() const noexcept;

    // What it says
    void report_state();
    void report_fault(plugin_fault fault);
    void report_values();
    void say(proto::up_message message);

    std::shared_ptr<instance_context> context_;
    proto::lifecycle life_;
    proto::instance_state reported_ = proto::instance_state::created;
    proto::peer_snapshot_ptr newer_;  ///< waits until the events of the last one are delivered
    time_point drain_deadline_{};
    unsigned failures_in_a_row_ = 0;
    bool may_restart_ = true;
};

}  // namespace meshhost::plugin
