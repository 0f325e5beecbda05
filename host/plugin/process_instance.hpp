// SPDX-License-Identifier: Apache-2.0
#pragma once
// A role in a process of its own: the host's side. A crash there costs the role, and nothing else.
#include "base/unique_fd.hpp"
#include "net/readable_watch.hpp"
#include "plugin/plugin_instance.hpp"
#include "plugin/plugin_settings.hpp"
#include "plugin/proto/frame_stream.hpp"
#include "plugin/proto/worker_link.hpp"

#include <sys/types.h>

#include <optional>

namespace meshhost::plugin {

/// What a worker is made from.
struct worker_source {
    std::string executable;  ///< "--plugin-worker <path>" makes it call plugin_worker_main()
    int image = -1;          ///< the sealed copy of the shared object
    instance_settings settings;
    proto::process_limits limits;
    std::string group;  ///< its control group, removed after it; empty: none
};

/// Memory that host and worker share; nullptr when the kernel has none to give.
std::shared_ptr<strand_pulse> make_shared_pulse(unique_fd& file);

/// Believes nothing of what the worker says but that it may be its last word: malformed messages
/// end it, and so does a worker that does not read what it is told.
class process_instance final : public plugin_instance, net::readable_sink {
public:
    /// `sink` hears the worker, under the instance's name.
    process_instance(
        instance_facts facts,
        proto::peer_snapshot_ptr known,
        worker_source source,
        net::shard& shard,
        std::weak_ptr<uplink_sink> sink
    );
    ~process_instance() override;

    /// Errors: those of create in the worker; MP207, when it cannot be started.
    checked<> create(duration limit = proto::create_limit) override;
    void start() override;
    void publish(proto::peer_snapshot_ptr snapshot) override;
    void send(proto::down_message message) override;
    void swap(std::shared_ptr<const next_generation> next) override;
    void inject_exception() override;
    void shut_down(time_point drain_deadline) override;
    bool join(duration limit) override;
    bool kill(const std::string& why) override;
    void abandon() override;

    const instance_facts& facts() const noexcept override { return facts_; }
    std::size_t queued() const override;
    std::size_t handles() const noexcept override;

    pid_t process() const noexcept { return child_; }
    const std::shared_ptr<strand_pulse>& pulse() const noexcept { return pulse_; }

private:
    bool on_readable() override;
    void on_writable() override;

    checked<> spawn();
    checked<> wait_created(time_point deadline);
    void tell(const proto::to_worker& message);
    void write_some();
    bool take_frames();
    void hear(proto::up_message message);
    void lose();
    void give_up(plugin_fault fault);
    plugin_fault how_it_died(int status) const;
    int reap();

    instance_facts facts_;
    proto::peer_snapshot_ptr told_;   ///< what the worker knows of the peers
    proto::peer_snapshot_ptr known_;  ///< what it is to know
    worker_source source_;
    net::shard& shard_;
    std::weak_ptr<uplink_sink> sink_;
    unique_fd pulse_file_;
    std::shared_ptr<strand_pulse> pulse_;  ///< in that file
    unique_fd socket_;
    unique_fd files_;  ///< where new code's image is handed over
    pid_t child_ = 0;  ///< 0: none, or reaped
    proto::frame_reader reader_;
    byte_buffer waiting_;
    std::size_t written_ = 0;            ///< of what waits
    bool has_exited_ = false;            ///< it said so
    std::optional<plugin_fault> cause_;  ///< why we ended it
    std::optional<net::readable_watch> watch_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  ///< gone with this
};

}  // namespace meshhost::plugin
