// SPDX-License-Identifier: Apache-2.0
#pragma once
// The thread side of an instance: the driver of its lifecycle, timers, watches and digest, and the
// only caller of its callbacks.
#include "plugin/instance_context.hpp"
#include "plugin/plugin_fault.hpp"
#include "plugin/proto/lifecycle.hpp"

#include <deque>
#include <memory>
#include <optional>

namespace meshhost::plugin {

/// The code that runs on this thread now: for samples of a stall, and for crashes.
void show_code_of(const instance_context& current);

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
    /// New code that waits until nothing of the running code's is under way.
    struct waiting_swap {
        std::shared_ptr<const next_generation> next;
        time_point until;  ///< then it goes first
    };

    // The life of the instance
    void make(proto::callback next);
    proto::callback call(proto::callback which);
    call_report back(call_report report);
    proto::callback settle(const char* name, const call_report& report);
    plugin_fault crossed(const char* where, const std::string& words) const;
    proto::callback give_up(plugin_fault fault, bool callable);
    proto::callback take_signal(const strand_signal& signal);
    proto::callback pass_deadline();
    void look_for_swap();
    void swap(const next_generation& next);
    void answer_swap(const plugin_fault* fault);
    void look_for_leaks();
    void cancel_all();
    void count_handles();

    // What it hears
    time_point next_wake() const noexcept;
    void take(const posted_event& posted);
    void take(digest_update& update);
    void take(commit_done& done);
    void take(work_done& done);
    void take(const nudge_mark&) {}  // that it came is enough
    void take(proto::down_message& message);
    void take(proto::down::uplink_ready& ready);
    void take(proto::down::listen_failed& said);
    void take(proto::down::connection_offered& said);
    void take(proto::down::connection_made& said);
    void take(proto::down::connection_lost& said);
    void take(proto::down::stream_offered& said);
    void take(proto::down::stream_arrived& said);
    void take(proto::down::stream_room& said);
    void take(proto::down::stream_ended& said);
    void take(proto::down::metrics_wanted& wanted);
    void add_refusals(telemetry::metrics_snapshot& to);
    void take(proto::down::config_offered& offered);
    void take(proto::down::config_decided& decided);
    void take(proto::down::topic_heard& heard);
    void take(proto::down::topic_lagged& lagged);
    void take(proto::down::message_heard& heard);
    void take(proto::down::request_withdrawn& withdrawn);
    void take(proto::down::reply_heard& reply);
    void take(proto::down::signing_done&) {}  // whoever waits for it has it already
    static mesh_ev_reply reply_event(std::uint64_t tag, mesh_handle request, mesh_status status);
    call_report give_up_requests();
    void tell_gossip_room();
    void look_around();
    void deliver_peer();
    void deliver_digest();
    void deliver_timer();
    void deliver_stream();
    void deliver_fd();
    void deliver(const mesh_event& event);
    void deliver_end(const mesh_event& event);
    bool take_end(queued_item& item);
    bool finish_work(duration limit);
    proto::handle begin_event_span(const mesh_event& event);
    bool has_watch_events() const noexcept;
    bool has_events() const noexcept;

    // What it says
    void report_state();
    void report_fault(plugin_fault fault);
    void report_values();
    void report_refusals(time_point now);
    void say(proto::up_message message);

    std::shared_ptr<instance_context> context_;
    proto::lifecycle life_;
    proto::instance_state reported_ = proto::instance_state::created;
    proto::peer_snapshot_ptr newer_;  ///< waits until the events of the last one are delivered
    time_point drain_deadline_{};
    unsigned failures_in_a_row_ = 0;
    std::uint32_t events_untraced_ = 0;
    std::optional<queued_item> in_hand_;   ///< its turn comes after the signals it came with
    std::deque<queued_item> passed_over_;  ///< came while only ends were delivered
    std::optional<waiting_swap> swap_;
    bool is_finishing_ = false;               ///< about to stop: only ends are delivered
    std::optional<plugin_fault> last_fault_;  ///< an exception crossed meanwhile
    bool may_restart_ = true;
};

}  // namespace meshhost::plugin
