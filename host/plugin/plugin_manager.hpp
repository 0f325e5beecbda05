// SPDX-License-Identifier: Apache-2.0
#pragma once
// All plugins of this host: loads them, starts and stops their instances, and stands between their
// threads and the shard.
#include "base/error.hpp"
#include "base/log.hpp"
#include "base/prng.hpp"
#include "net/deadline_timer.hpp"
#include "plugin/config_reload.hpp"
#include "plugin/instance_plan.hpp"
#include "plugin/mesh_view.hpp"
#include "plugin/node_signer.hpp"
#include "plugin/plugin_library.hpp"
#include "plugin/plugin_settings.hpp"
#include "plugin/probe_report.hpp"
#include "plugin/proto/link_message.hpp"
#include "plugin/services/mesh_services.hpp"
#include "plugin/services/metrics_service.hpp"
#include "plugin/stall_keeper.hpp"
#include "plugin/worker_groups.hpp"
#include "telemetry/span_ring.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace meshhost::net {
class shard;
}  // namespace meshhost::net
namespace meshhost::transport {
class connection;
}  // namespace meshhost::transport

namespace meshhost::plugin {

class instance_services;

/// Something that took its time.
struct timed {
    time_point began{};
    duration took{};
};

/// What an operator sees of one instance.
struct instance_status {
    std::string instance;
    std::string role;
    std::string version;
    std::string path;
    std::string abi;  ///< that it is run with: "1.0"
    proto::instance_state state = proto::instance_state::created;
    std::string last_error;      ///< "MP204 start returned ...": of a failed one, what it failed of
    time_point last_error_at{};  ///< when there is one
    std::string isolation = "inprocess";  ///< or "process"
    std::uint64_t restarts = 0;           ///< because it failed, or somebody wanted it
    std::uint64_t slow_calls = 0;         ///< callbacks that held the strand for too long
    std::uint64_t refused_calls = 0;      ///< because a budget was used up
    bool is_stalled = false;              ///< a callback has not come back
    bool is_restarting = false;           ///< failed, and about to be started again
    std::optional<std::int64_t> process;  ///< its own
    unsigned generation = 1;              ///< of its code: rises with each reload
    std::uint32_t health = 0;             ///< MESH_HEALTH_*, as it says itself
    std::string health_reason;            ///< empty when it is well
    timed loading;                        ///< at the host's start: looked at, probed, mapped
    timed creating;                       ///< likewise
};

/// "ok", "degraded", "unhealthy".
const char* health_text(std::uint32_t health) noexcept;

/// What the room holds, for `meshctl probe` and the audit.
struct plugin_counts {
    std::size_t instances = 0;
    std::size_t strands = 0;      ///< threads: of instances that have not ended
    std::size_t queued = 0;       ///< events that wait for strands
    std::size_t queued_most = 0;  ///< for one of them
    std::size_t handles = 0;      ///< of instances, in all tables
    std::size_t workers = 0;      ///< threads of the pool
    std::size_t timers = 0;       ///< of the shard
    std::size_t connections = 0;  ///< of mesh.stream/1
    std::size_t streams = 0;
    std::size_t unread = 0;  ///< bytes of streams that roles have not read
};

/// Called on the shard's thread, also from inside load() and restart().
class plugin_observer {
public:
    virtual ~plugin_observer() = default;

    /// Its state, its health or its last error is another.
    virtual void on_instance_changed(const instance_status& status) = 0;

    /// A callback has held its strand for too long; `what` says which. At most one in a while.
    virtual void on_slow_call(const instance_status&, const std::string& what) { (void)what; }

    /// After stop(), once. `abandoned` instances did not return from a callback in time: their
    /// threads are still in the plugin's code, so that the process has to end without unwinding
    /// (std::quick_exit).
    virtual void on_plugins_stopped(std::size_t abandoned) = 0;
};

/// Lifecycle: make it, load(), start(), publish() as often as the mesh changes, stop(), destroy it
/// after on_plugins_stopped(). One thread: the shard's. The references outlive it.
class plugin_manager final : net::deadline_sink, stall_sink {
public:
    plugin_manager(
        net::shard& shard,
        plugin_settings settings,
        mesh_services mesh,
        contribution_sink& sink,
        plugin_observer& observer
    );
    plugin_manager(const plugin_manager&) = delete;
    plugin_manager& operator=(const plugin_manager&) = delete;
    /// Waits for instances that still run, and abandons those that do not end.
    ~plugin_manager();

    /// Once. Blocks: probes, loads and creates, one after the other. What is refused does not keep
    /// the others from loading. The codes are those of docs/failures.md; each message is a whole
    /// line.
    std::vector<failure> load(std::span<const plugin_spec> specs);

    /// Starts every instance; how each fares is reported to the observer.
    void start();

    /// What plugins see of the mesh from now on. Cheap: instances compute the difference.
    void publish(peer_snapshot_ptr snapshot);

    /// For experiments: the instance fails as if one of its callbacks had thrown. False: no such
    /// instance runs.
    bool inject_exception(const std::string& instance);

    /// Starts it again, whatever state it is in, and forgives its failures. Drains a running one
    /// first. Errors: E_NO_PLUGIN; E_PLUGIN_STALLED; those of creating it come to the observer.
    outcome<void> restart(const std::string& instance);

    /// Forgets the crashes of an instance, so that it is loaded at the next start. Errors:
    /// E_NO_PLUGIN; E_NOT_WRITTEN, of their record.
    outcome<void> enable(const std::string& instance);

    /// Puts new code in the place of an instance's: the file at `path`, or, when that is empty,
    /// what is at its own path by now. Connections and what the role holds stay; its state is
    /// handed over where both sides can. `done` is called once, later, unless this refuses at once.
    /// Errors: E_NO_PLUGIN; E_PLUGIN_STALLED; E_PLUGIN_BUSY; those of loading; MP320, when the old
    /// code goes on.
    using reload_answer = std::function<void(const outcome<instance_status>&)>;
    outcome<void> reload(const std::string& instance, const std::string& path, reload_answer done);

    /// Drains and stops every instance at the same time.
    void stop();

    /// In the order of loading; those that never became an instance come last, as failed. The
    /// roles of this node are those that are not failed or stopped.
    std::vector<instance_status> status() const;

    plugin_counts measure() const;

    /// For the audit: the connections that the roles have, and their ALPNs.
    std::vector<const transport::connection*> owned() const;
    std::vector<std::string> alpns() const;
    using reload_teller = std::function<void(const reload_result&)>;
    /// Gives the instances their configurations of `wanted`, all or none. `tell` is called once,
    /// perhaps from inside. False: another reload is under way, or the host stops.
    bool reconfigure(
        std::map<std::string, instance_settings, std::less<>> wanted,
        reload_teller tell
    );

    /// As metrics_service::ask(). False: no such instance runs, or too many have asked.
    bool ask_metrics(const std::string& instance, metrics_teller tell);
    /// nullptr: no such instance runs. Valid until the shard's next turn.
    const telemetry::span_ring* spans(const std::string& instance) const;

private:
    class relay;
    class upkeep_clock;
    struct new_code;
    struct entry;
    struct isolated_code;
    struct planned {
        std::string path;
        instance_plan plan;
        int image = -1;  ///< of the shared object, for a process of its own
        std::shared_ptr<const isolated_code> code = nullptr;  ///< null: loaded into this process
        timed loading = {};
    };

    std::optional<planned> prepare(const plugin_spec& spec, std::vector<failure>& refused);
    bool is_own(const std::string& path) const;
    checked<> check_crashes(const std::string& instance) const;
    const instance_settings& settings_of(const std::string& instance) const;
    plugin_spec name_it(const plugin_spec& spec, const inspected_plugin& plugin) const;
    checked<> check_meant(const plugin_spec& wanted, const std::string& name) const;
    checked<planned> plan(plugin_spec wanted, inspected_plugin plugin);
    std::string group_of(entry& role, const proto::process_limits& limits);
    void warn_of_open_files(const entry& role);
    checked<planned> plan_thread(
        inspected_plugin plugin,
        const plugin_spec& spec,
        const std::vector<taken_name>& taken
    );
    checked<planned> plan_process(
        inspected_plugin plugin,
        probed_role probed,
        std::string instance,
        const instance_settings& own
    );
    void create(planned from, const std::string& roles, std::vector<failure>& refused);
    std::unique_ptr<instance_services> services_of(entry& role);
    checked<> launch(entry& role, bool is_first);
    checked<> launch_thread(entry& role, bool is_first);
    checked<> launch_process(entry& role, bool is_first);
    void launch_again(entry& role);
    void give_up_or_restart(entry& failed, bool may_restart);
    void upkeep_due(time_point now);
    void arm_upkeep();
    void tell_health(entry& of);
    void set_health(entry& of, std::uint32_t health, const std::string& reason);
    void say_health(const entry& changed);
    void report(entry& of, const plugin_fault& fault);
    void swap_in(entry& role, checked<probed_role> probed);
    void answer_reload(entry& role, const outcome<instance_status>& answer);
    void log_notices(const inspected_plugin& plugin) const;

    entry* find(const std::string& instance) const;
    void end(entry& ended);
    void on_message(const std::string& instance, proto::up_message message);
    void on(entry& of, const proto::up::state_changed& said);
    void on(entry& of, const proto::up::faulted& said);
    void on(entry& of, const proto::up::value_said& said);
    void on(entry& of, const proto::up::swapped& said);
    void on(entry& of, const proto::up::call_begun& said);
    void on(entry& of, const proto::up::exited& said);
    void on(entry& of, const proto::up::health_said& said);
    void on(entry& of, const proto::up::config_judged& said);
    void on(entry& of, const proto::up::budget_exhausted& said);
    failure not_running(const std::string& instance) const;
    static failure stalled(const std::string& instance);
    void on_slow(const std::string& instance, const plugin_fault& fault) override;
    void on_hung(const std::string& instance, const std::string& where) override;
    void on_back(const std::string& instance) override;
    void on_deadline(time_point now) override;
    std::size_t running() const;
    void finish_stop(std::size_t abandoned);

    net::shard& shard_;
    plugin_settings settings_;
    worker_groups groups_;
    mesh_services mesh_;
    contribution_sink& sink_;
    plugin_observer& observer_;
    logger log_{"plugin"};
    net::deadline_timer stop_timer_;
    std::unique_ptr<upkeep_clock> upkeep_;  ///< restarts, and what is told later
    stall_keeper stalls_;
    time_point made_;
    bool stopping_ = false;
    prng seeds_;
    config_reload reload_;
    std::shared_ptr<const node_signer> signer_;  ///< null without a key
    std::vector<taken_name> taken_;
    std::vector<std::unique_ptr<entry>> entries_;
    std::vector<instance_status> refused_;
    peer_snapshot_ptr snapshot_ = std::make_shared<const peer_snapshot>();
    std::shared_ptr<relay> relay_;  ///< what uplinks hold weakly: gone with the manager
};

}  // namespace meshhost::plugin
