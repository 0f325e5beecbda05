// SPDX-License-Identifier: Apache-2.0
// The life of an instance; what it hears is in strand_events.cpp.
#include "plugin/instance_strand.hpp"

#include "plugin/proto/call_error.hpp"
#include "plugin/proto/limits.hpp"
#include "plugin/strand_clock.hpp"

#include <spdlog/fmt/fmt.h>

#include <unistd.h>

#include <utility>
#include <variant>

namespace meshhost::plugin {

using proto::callback;

namespace {

/// ": its words", or nothing.
std::string colon(const std::string& words) {
    return words.empty() ? std::string() : ": " + words;
}

plugin_fault returned(const char* code, const char* where, const call_report& report) {
    return {
        code,
        fmt::format(
            "{} returned {}{}",
            where,
            proto::status_name(report.status),
            colon(report.words)
        )};
}

/// The host may be gone: neither it nor the plugin may be touched by this thread again.
[[noreturn]] void park() {
    for (;;)
        ::pause();
}

}  // namespace

plugin_fault instance_strand::crossed(const char* where, const std::string& words) const {
    return {
        "MP302",
        fmt::format(
            "C++ exception crossed the ABI in {}: {}: instance {} quarantined; "
            "the plugin must catch at its boundary",
            where,
            words,
            context_->facts.instance
        )};
}

instance_strand::instance_strand(std::shared_ptr<instance_context> context)
    : context_(std::move(context))
    , life_(context_->facts.start_limit) {}

checked<> instance_strand::create() {
    context_->gate.bind_strand();
    context_->watch.bind_thread();
    show_code_of(*context_);
    call_report report = back(context_->role.create(context_->host.abi()));
    if (report.status == MESH_OK && !context_->role.has_instance()) {
        report = {MESH_E_INTERNAL, false, "it returned MESH_OK and no instance"};
    }
    if (report.status == MESH_OK) {
        context_->gate.created();
        return {};
    }
    cancel_all();
    if (report.crossed) return crossed("create", report.words);
    return returned("MP203", "create", report);
}

void instance_strand::run() {
    while (!life_.is_over()) {
        strand_work work = context_->queue->wait_until(next_wake(), &context_->fds);
        in_hand_ = std::move(work.item);
        if (!passed_over_.empty()) {
            if (in_hand_) passed_over_.push_back(std::move(*in_hand_));
            in_hand_ = std::move(passed_over_.front());
            passed_over_.pop_front();
        }
        for (const strand_signal& signal : work.signals)
            make(take_signal(signal));
        if (work.snapshot) newer_ = std::move(work.snapshot);
        look_around();
        if (auto item = std::exchange(in_hand_, std::nullopt))
            std::visit([this](auto& each) { take(each); }, *item);
        look_for_swap();
        deliver_peer();
        deliver_digest();
        deliver_timer();
        deliver_stream();
        deliver_fd();
        if (life_.next_deadline() <= strand_now()) make(pass_deadline());
        report_values();
        report_refusals(strand_now());
        count_handles();
    }
    cancel_all();
    report_refusals(no_deadline);
    count_handles();
    say(proto::up::exited{may_restart_});
}

/// Makes `next`, and what follows from how it went, until there is something to wait for.
void instance_strand::make(callback next) {
    while (next != callback::none) {
        report_state();
        next = call(next);
    }
    report_state();
}

callback instance_strand::call(callback which) {
    switch (which) {
    case callback::none:
        return callback::none;
    case callback::start:
        return settle("start", back(context_->role.start()));
    case callback::drain:
        if (context_->role.has_drain()) {
            return settle(
                "drain",
                back(context_->role.drain(drain_deadline_.time_since_epoch().count()))
            );
        }
        life_.returned(proto::call_end::done);
        return life_.drained();
    case callback::stop: {
        if (!finish_work(proto::last_work_limit)) return give_up(std::move(*last_fault_), false);
        if (const call_report last = give_up_requests(); last.crossed)
            return settle("on_event", last);
        const callback next = settle("stop", back(context_->role.stop()));
        look_for_leaks();
        cancel_all();
        return next;
    }
    case callback::destroy:
        if (!context_->jobs.wait_idle(strand_now() + proto::stop_limit)) {
            return give_up({"MP308", "stalled: a job still runs, so it is left behind"}, false);
        }
        return settle("destroy", back(context_->role.destroy()));
    }
    return callback::none;
}

/// Every return from the plugin goes through here.
call_report instance_strand::back(call_report report) {
    if (context_->gate.is_abandoned()) park();
    context_->state.return_views();
    return report;
}

callback instance_strand::settle(const char* name, const call_report& report) {
    if (report.crossed) return give_up(crossed(name, report.words), false);
    if (report.status == MESH_PENDING) return life_.returned(proto::call_end::pending);
    if (report.status >= 0) return life_.returned(proto::call_end::done);
    const bool is_start = life_.state() == proto::instance_state::starting;
    plugin_fault fault = returned(is_start ? "MP204" : "MP206", name, report);
    may_restart_ = may_restart_ && report.status != MESH_E_CONFIG;
    if (is_start) return give_up(std::move(fault), true);
    report_fault(std::move(fault));
    return life_.returned(proto::call_end::failed);
}

callback instance_strand::give_up(plugin_fault fault, bool callable) {
    may_restart_ = may_restart_ && callable;
    report_fault(std::move(fault));
    return life_.broke(callable);
}

callback instance_strand::pass_deadline() {
    if (life_.state() == proto::instance_state::draining)
        context_->facts.log.info("has not said drained() in time: stopped with what is under way");
    if (life_.state() != proto::instance_state::starting) return life_.deadline_passed();
    return give_up(
        {"MP205",
         fmt::format(
             "start did not complete within {:g} s (MESH_PENDING without started())",
             std::chrono::duration<double>(context_->facts.start_limit).count()
         )},
        true
    );
}

callback instance_strand::take_signal(const strand_signal& signal) {
    switch (signal.what) {
    case strand_signal::kind::start:
        return life_.start_requested(strand_now());
    case strand_signal::kind::shut_down:
        drain_deadline_ = signal.deadline;
        return life_.shutdown_requested(signal.deadline);
    case strand_signal::kind::started:
        if (signal.status >= 0) return life_.started(true);
        if (life_.state() != proto::instance_state::starting) return callback::none;
        may_restart_ = may_restart_ && signal.status != MESH_E_CONFIG;
        return give_up(returned("MP204", "start", {signal.status, false, signal.text}), true);
    case strand_signal::kind::drained:
        return life_.drained();
    case strand_signal::kind::fatal:
        may_restart_ = may_restart_ && signal.status != MESH_E_CONFIG;
        return give_up(
            {"MP306",
             fmt::format(
                 "reported a fatal {}{}: stopped",
                 proto::status_name(signal.status),
                 colon(signal.text)
             )},
            true
        );
    case strand_signal::kind::swap:
        swap_ = {signal.next, strand_now() + proto::swap_wait_limit};
        return callback::none;
    case strand_signal::kind::throw_now:
        if (!life_.takes_events()) return callback::none;
        return settle("on_event", back(context_->role.throw_now()));
    }
    return callback::none;
}

/// What a role leaves behind is cleared away, and said once so that its author learns of it.
void instance_strand::look_for_leaks() {
    std::string left;
    for (const std::string& name : context_->timers.names())
        left += fmt::format(" timer \"{}\"", name);
    if (const auto count = context_->peers.size())
        left += fmt::format(" {} watch(es) of peers", count);
    if (const auto count = context_->digests.size()) {
        left += fmt::format(" {} watch(es) of digests", count);
    }
    if (const auto count = context_->streams.held().listeners)  // connections are the peers', too
        left += fmt::format(" {} listener(s)", count);
    if (const auto count = context_->fds.size())
        left += fmt::format(" {} watch(es) of descriptors", count);
    if (const auto count = context_->topics.size())
        left += fmt::format(" {} subscription(s)", count);
    const auto count_ports = [](const proto::message_port& ports) { return ports.ports(); };
    if (const auto count = context_->messages.with(count_ports))
        left += fmt::format(" {} port(s)", count);
    if (left.empty()) return;
    report_fault({"MP305", "left open at stop, cancelled by the host:" + left});
}

void instance_strand::count_handles() {
    const std::size_t held =
        context_->timers.size() + context_->peers.size() + context_->digests.size()
        + context_->streams.size() + context_->fds.size() + context_->state.commits()
        + context_->trace.size() + context_->topics.size()
        + context_->messages.with([](const proto::message_port& ports) { return ports.size(); });
    strand_pulse& pulse = context_->watch.pulse();
    pulse.handles.store(static_cast<std::uint32_t>(held), std::memory_order_relaxed);
    pulse.queued.store(
        static_cast<std::uint32_t>(context_->queue->size()),
        std::memory_order_relaxed
    );
}

/// From now on nothing is delivered, calls are refused, and peers forget what it said.
void instance_strand::cancel_all() {
    context_->gate.close();
    context_->jobs.close();
    context_->state.close();
    context_->timers.clear();
    context_->peers.clear();
    context_->digests.clear();
    if (context_->streams.clear()) say(proto::up::streams_over{});
    context_->fds.clear();
    context_->topics.clear();
    context_->messages.with([](proto::message_port& ports) { ports.clear(); });
    context_->queue->drop_items();
    passed_over_.clear();
    context_->trace.clear();
    context_->digest.withdraw();
    report_values();
}

void instance_strand::say(proto::up_message message) {
    if (context_->gate.is_abandoned()) park();
    context_->link->send(std::move(message));
}

void instance_strand::report_state() {
    const proto::instance_state state = life_.state();
    if (state != std::exchange(reported_, state)) say(proto::up::state_changed{state});
}

void instance_strand::report_fault(plugin_fault fault) {
    say(proto::up::faulted{std::move(fault.code), std::move(fault.text)});
}

void instance_strand::report_refusals(time_point now) {
    auto due =
        context_->refusals.with([now](proto::budget_meter& meter) { return meter.poll(now); });
    if (due) say(proto::up::budget_exhausted{due->refusals, std::move(due->words)});
}

void instance_strand::report_values() {
    while (auto value = context_->digest.poll(strand_now()))
        say(proto::up::value_said{std::move(*value)});
}

}  // namespace meshhost::plugin
