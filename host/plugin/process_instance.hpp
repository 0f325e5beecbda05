// SPDX-License-Identifier: Apache-2.0
#pragma once
// A role in a process of its own: the host's side. A crash there costs the role, and nothing else.
#include "base/unique_fd.hpp"
#include "net/deadline_timer.hpp"
#include "net/readable_watch.hpp"
#include "plugin/child_process.hpp"
#include "plugin/frame_writer.hpp"
#include "plugin/plugin_instance.hpp"
#include "plugin/proto/frame_stream.hpp"
#include "plugin/proto/worker_link.hpp"
#include "plugin/worker_start.hpp"

#include <optional>

namespace meshhost::plugin {

/// The code of the worker may say anything, when it likes: what is no message, or comes out of
/// turn, ends it; and so does a worker that does not read what it is told, or does not do it in
/// time. Whoever takes its messages checks what they ask for.
class process_instance final : public plugin_instance, net::readable_sink, net::deadline_sink {
public:
    /// `sink` hears the worker, under the instance's name.
    process_instance(
        instance_facts facts,
        proto::peer_snapshot_ptr known,
        worker_source source,
        net::shard& shard,
        std::weak_ptr<uplink_sink> sink
    );
    /// Ends a worker that is there yet, as one is that could not be created or was abandoned, and
    /// waits a moment for that.
    ~process_instance() override;

    /// Errors: those of create in the worker; MP207, when it cannot be started.
    checked<> create(duration limit = proto::create_limit) override;
    /// Says later how creating went. Errors: MP207.
    checked<> create_again() override;
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

    pid_t process() const noexcept { return child_.id(); }
    const std::shared_ptr<strand_pulse>& pulse() const noexcept { return pulse_; }

private:
    /// Hears that the process has died; only then is it said to have exited.
    struct death_sink final : net::readable_sink {
        explicit death_sink(process_instance& of) noexcept
            : owner(of) {}
        bool on_readable() override {
            owner.on_died();
            return true;
        }
        process_instance& owner;
    };

    bool on_readable() override;
    void on_writable() override;
    void on_deadline(time_point now) override;
    void on_died();

    checked<> spawn();
    checked<> watch();
    checked<> wait_created(duration limit);
    /// What it is to do next, in time.
    enum class awaited : std::uint8_t { nothing, created, started, swapped, ended };
    void expect(awaited what, time_point due, plugin_fault late);
    void has_done(awaited what);
    void expect_started();
    void arm();
    void tell(const proto::to_worker& message);
    void write_some();
    bool take_frames();
    bool take(proto::from_worker message);
    bool take(const proto::worker::created& how);
    bool take(const proto::up::exited& said);
    void tell_host(proto::up_message message);
    void hear(proto::up_message message);
    void give_up(plugin_fault fault);
    void close();
    std::optional<int> reap(duration limit);

    instance_facts facts_;
    proto::peer_snapshot_ptr told_;   ///< what the worker knows of the peers
    proto::peer_snapshot_ptr known_;  ///< what it is to know
    worker_source source_;
    net::shard& shard_;
    std::weak_ptr<uplink_sink> sink_;
    unique_fd pulse_file_;
    std::shared_ptr<strand_pulse> pulse_;  ///< in that file
    child_process child_;
    worker_ends ends_;
    proto::frame_reader reader_;
    frame_writer waiting_;
    bool is_created_ = false;
    bool is_to_start_ = false;
    bool is_ending_ = false;  ///< it was told to
    std::optional<proto::up::exited> last_word_;
    std::optional<plugin_fault> cause_;  ///< why we ended it
    awaited awaited_ = awaited::nothing;
    time_point due_ = no_deadline;  ///< of that
    plugin_fault late_;             ///< when that is not done then
    time_point unread_due_ = no_deadline;
    death_sink death_sink_{*this};
    net::deadline_timer timer_;
    std::optional<net::readable_watch> watch_;
    std::optional<net::readable_watch> death_watch_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  ///< gone with this
};

}  // namespace meshhost::plugin
