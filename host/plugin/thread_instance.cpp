// SPDX-License-Identifier: Apache-2.0
#include "plugin/thread_instance.hpp"

#include "plugin/instance_strand.hpp"
#include "plugin/keep_forever.hpp"
#include "plugin/strand_clock.hpp"

#include <spdlog/fmt/fmt.h>

#include <pthread.h>
#include <utility>

namespace meshhost::plugin {

namespace {

/// The name that top and gdb show; Linux keeps fifteen characters.
void name_thread(const std::string& instance) {
    ::pthread_setname_np(::pthread_self(), instance.substr(0, 15).c_str());
}

}  // namespace

thread_instance::thread_instance(
    instance_facts facts,
    proto::peer_snapshot_ptr known,
    std::shared_ptr<event_queue> events,
    std::shared_ptr<uplink> to_host,
    std::shared_ptr<strand_pulse> pulse
)
    : context_(std::make_shared<instance_context>(
        std::move(facts),
        std::move(events),
        std::move(to_host),
        std::move(pulse)
    )) {
    context_->peers.apply(known);
    context_->digests.apply(std::move(known));
    keep_forever(context_);  // the role keeps its mesh_host, and its threads may outlive it
}

thread_instance::~thread_instance() {
    if (!thread_.joinable()) return;
    shut_down(strand_now());
    if (!join(proto::stop_limit)) abandon();
}

checked<> thread_instance::create(duration limit) {
    return create(limit, [] {});
}

checked<> thread_instance::create(duration limit, std::function<void()> tell) {
    std::promise<checked<>> created;
    std::promise<void> ended;
    auto outcome = created.get_future();
    ended_ = ended.get_future();
    thread_ = std::thread([strand = instance_strand(context_),
                           created = std::move(created),
                           ended = std::move(ended),
                           tell = std::move(tell),
                           queue = context_->queue,
                           name = context_->facts.instance]() mutable {
        name_thread(name);
        const checked<> result = strand.create();
        if (result) tell();
        created.set_value(result);
        if (result) strand.run();
        queue->retire();
        ended.set_value_at_thread_exit();  // after what the role's code has to do then
    });
    if (outcome.wait_for(limit) == std::future_status::timeout) {
        abandon();
        return plugin_fault{
            "MP201",
            fmt::format(
                "did not finish create within {} ms: its thread is left behind",
                std::chrono::duration_cast<std::chrono::milliseconds>(limit).count()
            )};
    }
    checked<> result = outcome.get();
    if (!result && !join(proto::stop_limit)) abandon();
    return result;
}

void thread_instance::start() {
    context_->queue->raise({.what = strand_signal::kind::start});
}

void thread_instance::publish(proto::peer_snapshot_ptr snapshot) {
    context_->queue->publish(std::move(snapshot));
}

void thread_instance::send(proto::down_message message) {
    context_->queue->send(std::move(message));
}

void thread_instance::swap(std::shared_ptr<const next_generation> next) {
    context_->queue->raise({.what = strand_signal::kind::swap, .text = {}, .next = std::move(next)}
    );
}

void thread_instance::inject_exception() {
    context_->queue->raise({.what = strand_signal::kind::throw_now});
}

void thread_instance::shut_down(time_point drain_deadline) {
    context_->queue->raise({.what = strand_signal::kind::shut_down, .deadline = drain_deadline});
}

bool thread_instance::join(duration limit) {
    if (!thread_.joinable()) return true;
    if (ended_.wait_for(limit) == std::future_status::timeout) return false;
    thread_.join();
    return true;
}

void thread_instance::abandon() {
    if (!thread_.joinable()) return;
    context_->gate.abandon();
    thread_.detach();
}

}  // namespace meshhost::plugin
