// SPDX-License-Identifier: Apache-2.0
// What an instance hears. At most one event of each kind a turn, so that none starves another and
// a shutdown is never behind a backlog.
#include "plugin/event_header.hpp"
#include "plugin/ext/peer_abi.hpp"
#include "plugin/ext/views.hpp"
#include "plugin/instance_strand.hpp"
#include "plugin/proto/call_error.hpp"
#include "plugin/proto/limits.hpp"
#include "plugin/strand_clock.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <utility>

namespace meshhost::plugin {

bool instance_strand::has_watch_events() const noexcept {
    return context_->peers.has_events() || context_->digests.has_events();
}

bool instance_strand::has_events() const noexcept {
    return has_watch_events() || context_->streams.has_events() || context_->fds.has_events();
}

time_point instance_strand::next_wake() const noexcept {
    if (newer_ != nullptr || has_events() || !passed_over_.empty()) return time_point::min();
    const auto told_at = [](const proto::budget_meter& meter) { return meter.next_deadline(); };
    return std::min(
        {life_.next_deadline(),
         context_->timers.next_deadline(),
         context_->digest.next_deadline(),
         context_->refusals.with(told_at),
         swap_ ? swap_->until : no_deadline}
    );
}

void instance_strand::take(const posted_event& posted) {
    mesh_ev_posted event{};
    event.h = header<mesh_ev_posted>(MESH_EV_POSTED, posted.tag, 0, posted.queued);
    event.ptr = posted.ptr;
    deliver(event.h);
}

void instance_strand::take(digest_update& update) {
    context_->digest.set(update.key, std::move(update.value));
}

void instance_strand::take(proto::down_message& message) {
    std::visit([this](auto& said) { take(said); }, message);
}

void instance_strand::take(proto::down::uplink_ready&) {
    context_->streams.take_ready();
    context_->health.retry(*context_->link);
    tell_gossip_room();
}

/// Among the role's own, where an operator looks for the reason why it is slow.
void instance_strand::add_refusals(telemetry::metrics_snapshot& to) {
    telemetry::metric refused{"mesh.budget.refused", "{call}", "over budget", {}, {}, {}};
    refused.kind = telemetry::metric_kind::counter;
    for (std::size_t i = 0; i < proto::budget_kinds; ++i) {
        const auto kind = static_cast<proto::budget_kind>(i);
        const std::uint64_t total = context_->refusals.with([kind](const proto::budget_meter& meter
                                                            ) { return meter.total(kind); });
        if (total == 0) continue;
        telemetry::metric_point point;
        point.attributes.push_back({"budget", std::string(proto::name_of(kind))});
        point.value = static_cast<double>(total);
        point.count = total;
        refused.points.push_back(std::move(point));
    }
    if (!refused.points.empty()) to.metrics.push_back(std::move(refused));
}

void instance_strand::take(proto::down::metrics_wanted&) {
    auto all = context_->metrics.snapshot(wall_now());
    add_refusals(all);
    say(proto::up::metrics_said{std::move(all)});
}

/// The backlog of a slow instance is bounded: what changes meanwhile comes as one difference.
void instance_strand::look_around() {
    if (newer_ == nullptr || has_watch_events()) return;
    context_->peers.apply(newer_);
    context_->digests.apply(std::exchange(newer_, nullptr));
}

void instance_strand::deliver_peer() {
    const auto happened = context_->peers.poll();
    if (!happened) return;
    mesh_peer peer = to_abi(happened->id, *happened->peer);
    peer.state = static_cast<std::uint32_t>(happened->kind);
    mesh_ev_peer event{};
    event.h = header<mesh_ev_peer>(MESH_EV_PEER, happened->tag, happened->watch, strand_now());
    event.peer = &peer;
    event.reason = to_abi(std::string_view(happened->reason));
    deliver(event.h);
}

void instance_strand::deliver_digest() {
    const auto happened = context_->digests.poll();
    if (!happened) return;
    mesh_ev_digest event{};
    event.h = header<mesh_ev_digest>(MESH_EV_DIGEST, happened->tag, happened->watch, strand_now());
    event.node = to_abi(happened->node);
    event.role = to_abi(std::string_view(happened->item->role));
    event.key = to_abi(std::string_view(happened->item->key));
    if (!happened->cleared) event.value = to_abi(happened->item->value);
    event.version = happened->version;
    deliver(event.h);
}

void instance_strand::deliver_timer() {
    const auto fired = context_->timers.poll(strand_now());
    if (!fired) return;
    mesh_ev_timer event{};
    event.h = header<mesh_ev_timer>(MESH_EV_TIMER, fired->tag, fired->timer, fired->due);
    event.missed = fired->missed;
    deliver(event.h);
}

/// Of every n-th event, when the operator wants it.
proto::handle instance_strand::begin_event_span(const mesh_event& event) {
    const std::uint32_t every = context_->facts.trace_every;
    if (every == 0 || ++events_untraced_ < every) return 0;
    events_untraced_ = 0;
    const proto::handle span = context_->trace.begin(
        {.name = fmt::format("event {}:{}", event.kind >> 16, event.kind & 0xffff)}
    );
    context_->trace.set_current(span);
    return span;
}

void instance_strand::deliver(const mesh_event& event) {
    if (!life_.takes_events()) return;
    const proto::handle span = begin_event_span(event);
    const call_report report = back(context_->role.on_event(event));
    if (span != 0) {
        context_->trace.set_current(0);
        context_->trace.end(span, report.status >= 0, report.words, *context_->link);
    }
    if (report.crossed) return make(settle("on_event", report));
    if (report.status >= 0) {
        failures_in_a_row_ = 0;
        return;
    }
    ++failures_in_a_row_;
    plugin_fault failed{
        "MP301",
        fmt::format(
            "on_event({}:{}) returned {}: {} (failure {} of {} before quarantine)",
            event.kind >> 16,
            event.kind & 0xffff,
            proto::status_name(report.status),
            report.words,
            failures_in_a_row_,
            proto::failures_in_a_row_max
        )};
    if (failures_in_a_row_ >= proto::failures_in_a_row_max)
        return make(give_up(std::move(failed), true));
    report_fault(std::move(failed));
}

}  // namespace meshhost::plugin
