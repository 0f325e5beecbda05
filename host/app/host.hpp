// SPDX-License-Identifier: Apache-2.0
#pragma once
// One host, whole: its identity, its endpoint, the peers it knows, the roles it runs, the local
// API. Built bottom-up, drained top-down. Knows nothing of the process around it.
#include "admin/admin_server.hpp"
#include "admin/health_server.hpp"
#include "app/auditor.hpp"
#include "app/boot_recorder.hpp"
#include "app/event_recorder.hpp"
#include "app/flight_watch.hpp"
#include "app/found_peers.hpp"
#include "app/host_api.hpp"
#include "app/host_reach.hpp"
#include "app/host_telemetry.hpp"
#include "app/join_recorder.hpp"
#include "app/load_reporter.hpp"
#include "app/mesh_bridge.hpp"
#include "app/remembered_peers.hpp"
#include "app/self_reporter.hpp"
#include "config/config_loader.hpp"
#include "gossip/gossip_service.hpp"
#include "http/tcp_listener.hpp"
#include "http/unix_listener.hpp"
#include "introspect/introspect_client.hpp"
#include "introspect/introspect_server.hpp"
#include "message/message_exchange.hpp"
#include "net/shard.hpp"
#include "observe/event_files.hpp"
#include "peers/peers_service.hpp"
#include "ping/ping_handler.hpp"
#include "plugin/plugin_manager.hpp"
#include "plugin/services/topic_hub.hpp"
#include "telemetry/event_journal.hpp"
#include "transport/endpoint.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace meshhost::app {

struct host_options {
    config::loaded_config settings;            ///< as config::read_config() gives them
    std::vector<plugin::plugin_spec> plugins;  ///< besides; all of them required
    bool is_safe = false;                      ///< only plugins of the host's own directory
    config::surroundings around = {};          ///< the environment, for OpenTelemetry's variables
    /// Reads the settings again, for a live reload.
    std::function<outcome<config::loaded_config>()> reread = {};
    time_point started;  ///< of the process, for "ready in"
    std::chrono::system_clock::time_point started_at;
};

class host_observer {
public:
    /// Once: it accepts and dials, and every plugin runs or has failed. Not when it was told to
    /// stop before.
    virtual void on_host_ready() = 0;
    /// Everything is closed; nothing more is called. `abandoned` plugin threads never
    /// returned: the process has to end without unwinding.
    virtual void on_host_stopped(std::size_t abandoned) = 0;

protected:
    ~host_observer() = default;
};

/// Lifecycle: make it, start(), async_stop(), destroy it after on_host_stopped(); or destroy it
/// after a start() that failed: it leaves nothing behind but its key. One thread: the shard's.
/// `shard` and `observer` outlive it.
class host final : private plugin::plugin_observer,
                   private peers::peers_observer,
                   private gossip::gossip_observer,
                   private budget_observer,
                   private audit_observer {
public:
    host(net::shard& shard, host_options options, host_observer& observer);
    ~host() override;

    /// Identity, endpoint, plugins, protocols, local API; then it accepts and dials, and
    /// on_host_ready() follows, never from inside this call.
    /// Errors: those of every part, ready to be shown.
    outcome<void> start();

    /// Plugins drain, peers hear that we leave, connections close: at most 5 s. Idempotent.
    void async_stop();
    /// Closes at once; after async_stop() or instead.
    void stop_now();

    /// Reads the configuration again and applies it as far as that needs no restart; all or
    /// nothing. As admin::host_actions::reload_config().
    outcome<void> reload_config(admin::config_reload_sink sink);

    const host_api& api() const noexcept { return *api_; }
    /// A fresh one; empty: there is no dashboard.
    std::string dashboard_link() const { return dashboard_ ? dashboard_->link() : std::string(); }
    /// Empty: there is none.
    std::string health_port() const { return health_ ? health_->bound() : std::string(); }
    const std::filesystem::path& socket() const noexcept {
        return options_.settings.values.admin.socket;
    }

private:
    outcome<void> boot();
    outcome<void> load_identity();
    outcome<void> open_endpoint();
    void open_telemetry();
    outcome<void> open_mesh();
    void restore_events();
    void follow_messages();
    void open_exchanges();
    outcome<void> load_plugins();
    outcome<void> judge(const std::vector<failure>& refused) const;
    outcome<void> name_peers();
    void serve();
    outcome<void> claim_ports();
    void open_dashboard();
    outcome<void> begin_reload(admin::config_reload_sink sink);
    void adopt(config::loaded_config wanted, observe::dashboard_access access);
    void open_reach();
    void meet_found();
    void recall();
    void remember();
    void watch_usage();
    void open_books();

    void export_boot();
    void begin_join();
    void look(time_point now);
    void become_ready();
    void on_instance_changed(const plugin::instance_status& status) override;
    void on_plugins_stopped(std::size_t abandoned) override;
    void on_peer_changed(const peers::peer_view& peer) override;
    void on_neighbor_up(const identity::endpoint_id& peer) override;
    void on_slow_call(const plugin::instance_status& of, const std::string& what) override;
    void on_stopped() override;
    void on_gossip_stopped() override;
    void on_budget_news(const char* kind, const usage::proto::budget_news& news) override;
    void on_discrepancy(const audit_finding& finding) override;
    void leave_gossip();
    void finish();
    void export_stop();

    net::shard& shard_;
    host_options options_;
    host_observer& observer_;
    boot_recorder boot_;
    logger log_{"host"};
    std::optional<identity::secret_key> key_;
    unique_fd key_claim_;                         ///< nobody else runs with this key
    std::vector<identity::endpoint_addr> named_;  ///< whom to connect to
    byte_buffer mesh_secret_;                     ///< empty: none
    std::optional<http::unix_listener> listener_;
    std::optional<http::tcp_listener> dashboard_port_;  ///< until it is served
    observe::dashboard_access dashboard_access_;        ///< likewise
    std::optional<http::tcp_listener> health_port_;     ///< likewise
    relay_access relay_access_;
    std::unique_ptr<transport::endpoint> endpoint_;
    host_telemetry telemetry_;  // what others give spans to outlives them
    flight_watch flight_;
    join_recorder join_;
    std::unique_ptr<gossip::gossip_service> gossip_;  ///< null when it is switched off
    telemetry::event_journal journal_;
    std::optional<observe::event_files> files_;  ///< nullopt: nothing observes
    event_recorder events_{journal_};
    std::unique_ptr<peers::peers_service> peers_;
    std::unique_ptr<mesh_bridge> bridge_;
    std::unique_ptr<plugin::topic_hub> topics_;  ///< null without gossip
    std::unique_ptr<message::message_exchange> messages_;
    std::unique_ptr<plugin::plugin_manager> plugins_;
    std::unique_ptr<self_reporter> reporter_;
    std::unique_ptr<host_reach> reach_;
    std::optional<found_peers> found_;
    std::optional<remembered_peers> remembered_;
    bool is_forgetful_ = false;  ///< what it would remember cannot be written
    std::unique_ptr<load_reporter> load_;
    std::unique_ptr<usage::usage_sampler> usage_;
    std::shared_ptr<ping::ping_handler> echo_ = std::make_shared<ping::ping_handler>();
    std::unique_ptr<host_api> api_;
    std::unique_ptr<introspect::introspect_client> asker_;  ///< of other hosts
    std::unique_ptr<admin::admin_server> admin_;
    std::unique_ptr<admin::health_server> health_;          ///< null: none
    std::unique_ptr<observe::dashboard_server> dashboard_;  ///< null: none
    std::unique_ptr<auditor> auditor_;
    std::unique_ptr<introspect::introspect_server> answerer_;  ///< to other hosts
    std::optional<telemetry::step_trace> stop_;  ///< the trace of the stop that is under way
    std::size_t abandoned_ = 0;
    std::size_t view_size_ = 0;  ///< neighbours in the gossip, at most
    bool is_ready_ = false;
    bool is_stopping_ = false;
    bool is_finished_ = false;
    bool is_hasty_ = false;  ///< nothing is waited for any more
};

}  // namespace meshhost::app
