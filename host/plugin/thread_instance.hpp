// SPDX-License-Identifier: Apache-2.0
#pragma once
// A role on a thread of this process.
#include "plugin/plugin_instance.hpp"

#include <future>
#include <memory>
#include <thread>

namespace meshhost::plugin {

/// A thread that runs a stranger's code cannot be stopped from outside. One that does not return is
/// abandoned: it may sit in the plugin until the process ends.
class thread_instance final : public plugin_instance {
public:
    /// `events` and `to_host` as instance_context's.
    thread_instance(
        instance_facts facts,
        proto::peer_snapshot_ptr known,
        std::shared_ptr<event_queue> events,
        std::shared_ptr<uplink> to_host,
        std::shared_ptr<strand_pulse> pulse
    );
    ~thread_instance() override;

    checked<> create(duration limit = proto::create_limit) override;
    /// As create(); `tell` is called on the role's thread, once it is created and before it says
    /// anything of its own that follows from that.
    checked<> create(duration limit, std::function<void()> tell);
    void start() override;
    void publish(proto::peer_snapshot_ptr snapshot) override;
    void send(proto::down_message message) override;
    void swap(std::shared_ptr<const next_generation> next) override;
    void inject_exception() override;
    void shut_down(time_point drain_deadline) override;
    /// Joins the thread when it ended.
    bool join(duration limit) override;
    bool kill(const std::string&) override { return false; }
    void abandon() override;

    const instance_facts& facts() const noexcept override { return context_->facts; }
    std::size_t queued() const override { return context_->queue->size(); }
    std::size_t handles() const noexcept override { return context_->watch.pulse().handles; }

private:
    std::shared_ptr<instance_context> context_;
    std::thread thread_;
    std::future<void> ended_;
};

}  // namespace meshhost::plugin
