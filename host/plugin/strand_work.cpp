// SPDX-License-Identifier: Apache-2.0
// The ends of what a role has off its strand: commits and jobs. Each is heard exactly once, also by
// a role that is about to stop.
#include "plugin/event_header.hpp"
#include "plugin/instance_strand.hpp"
#include "plugin/proto/call_error.hpp"
#include "plugin/proto/limits.hpp"
#include "plugin/strand_clock.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>
#include <vector>

namespace meshhost::plugin {

void instance_strand::take(commit_done& done) {
    const auto tag = context_->state.finish(done);
    if (!tag) return;
    if (done.status != MESH_OK)
        context_->facts.log.warn("a commit of its state failed: {}", done.words);
    mesh_ev_done event{};
    event.h = header<mesh_ev_done>(MESH_EV_STATE_COMMITTED, *tag, done.commit, strand_now());
    event.status = done.status;
    deliver_end(event.h);
}

void instance_strand::take(work_done& done) {
    if (!context_->jobs.finish(done.lane)) return;
    if (done.crossed) {
        plugin_fault fault = crossed("run", done.words);
        if (is_finishing_) {
            last_fault_ = std::move(fault);
        } else if (!life_.is_over()) {
            make(give_up(std::move(fault), false));
        }
        return;
    }
    mesh_ev_work event{};
    event.h = header<mesh_ev_work>(MESH_EV_WORK_DONE, done.tag, 0, strand_now());
    event.job = done.job;
    event.status = done.status;
    deliver_end(event.h);
}

/// To a role that is about to stop as well.
void instance_strand::deliver_end(const mesh_event& event) {
    if (!is_finishing_) return deliver(event);
    if (last_fault_) return;
    const call_report report = back(context_->role.on_event(event));
    if (report.crossed) last_fault_ = crossed("on_event", report.words);
}

/// false: it is the end of nothing.
bool instance_strand::take_end(queued_item& item) {
    if (auto* const commit = std::get_if<commit_done>(&item))
        take(*commit);
    else if (auto* const job = std::get_if<work_done>(&item))
        take(*job);
    else
        return false;
    return true;
}

/// Before stop: what is under way has until the end of the drain, and a moment more, and the role
/// hears how it went; anything else waits, in its order. False: an exception crossed meanwhile, so
/// that it is not to be called again.
bool instance_strand::finish_work(duration limit) {
    context_->jobs.pause();
    const time_point deadline = std::max(drain_deadline_, strand_now()) + limit;
    std::vector<strand_signal> others;
    const auto is_unfinished = [this] {
        return !last_fault_ && context_->jobs.open() + context_->state.commits() > 0;
    };
    if (in_hand_) passed_over_.push_front(*std::exchange(in_hand_, std::nullopt));
    is_finishing_ = true;
    // What an earlier swap has passed over is older than what the queue has, and may be an end.
    for (auto each = passed_over_.begin(); is_unfinished() && each != passed_over_.end();)
        each = take_end(*each) ? passed_over_.erase(each) : each + 1;
    while (is_unfinished() && strand_now() < deadline) {
        strand_work work = context_->queue->wait_until(deadline);
        std::move(work.signals.begin(), work.signals.end(), std::back_inserter(others));
        if (work.snapshot) newer_ = std::move(work.snapshot);
        if (work.item && !take_end(*work.item)) passed_over_.push_back(std::move(*work.item));
    }
    is_finishing_ = false;
    for (strand_signal& signal : others)  // a wish to end must not be lost
        context_->queue->raise(std::move(signal));
    return !last_fault_;
}

}  // namespace meshhost::plugin
