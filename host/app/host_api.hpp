// SPDX-License-Identifier: Apache-2.0
#pragma once
// The running host as the local API sees it: questions are put to the rooms, requests handed on.
#include "admin/host_view.hpp"
#include "app/auditor.hpp"
#include "app/boot_recorder.hpp"
#include "app/event_recorder.hpp"
#include "app/host_reach.hpp"
#include "app/host_telemetry.hpp"
#include "app/load_reporter.hpp"
#include "app/ping_table.hpp"
#include "app/self_reporter.hpp"
#include "config/config_loader.hpp"
#include "gossip/gossip_service.hpp"
#include "introspect/introspect_client.hpp"
#include "introspect/introspect_server.hpp"
#include "net/shard.hpp"
#include "observe/dashboard_server.hpp"
#include "observe/event_files.hpp"
#include "peers/peers_service.hpp"
#include "plugin/plugin_manager.hpp"
#include "transport/endpoint.hpp"
#include "usage/usage_sampler.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <optional>

namespace meshhost::app {

/// What it asks. All of it outlives the API.
struct host_parts {
    net::shard& shard;
    const config::loaded_config& settings;
    transport::endpoint& endpoint;
    peers::peers_service& peers;
    gossip::gossip_service* gossip;  ///< null when it is switched off
    plugin::plugin_manager& plugins;
    self_reporter& reporter;
    const std::vector<identity::endpoint_addr>& named;  ///< whom it was told to connect to
    event_recorder& events;
    const usage::usage_sampler* usage = nullptr;  ///< null: not measured
    const load_reporter* load = nullptr;          ///< null: nothing looks at the usage
    std::function<outcome<void>(admin::config_reload_sink)> reload_config = {};
    const boot_recorder* boot = nullptr;
    host_telemetry* telemetry = nullptr;
    const observe::event_files* event_files = nullptr;  ///< null: the journal is in memory alone
};

/// One thread: the shard's.
class host_api final : public admin::host_view, public admin::host_actions {
public:
    /// `started` is the process's start, on both clocks.
    host_api(
        const host_parts& parts,
        time_point started,
        std::chrono::system_clock::time_point started_at
    )
        : parts_(parts)
        , pings_(parts.shard, parts.endpoint)
        , started_(started)
        , started_at_(started_at) {}

    void set_ready(time_point at) noexcept { ready_ = at; }
    /// Both ends of mesh/introspect/1, which come later and go sooner: null again then.
    void set_introspection(
        const introspect::introspect_client* asker,
        const introspect::introspect_server* answerer
    ) noexcept {
        asker_ = asker;
        answerer_ = answerer;
    }

    admin::node_snapshot node() const override;
    std::vector<admin::peer_snapshot> peers() const override;
    std::vector<admin::plugin_snapshot> plugins() const override;
    std::vector<admin::probe_section> probe() const override;
    admin::meters_snapshot meters() const override;
    std::vector<telemetry::metric> instruments() const override {
        return parts_.telemetry->instruments();
    }
    admin::reach_snapshot reach() const override;
    boost::json::object config() const override;
    boost::json::array boots() const override { return parts_.boot->boots(); }

    outcome<void> ping(const admin::ping_request& request, std::shared_ptr<admin::ping_sink> sink)
        override;
    outcome<void> rebind() override;
    void drain() override { parts_.reporter.set_drained(true); }
    void resume() override { parts_.reporter.set_drained(false); }
    outcome<void> restart_plugin(const std::string& instance) override;
    outcome<void> enable_plugin(const std::string& instance) override;
    outcome<void> reload_plugin(
        const std::string& instance,
        const std::string& path,
        admin::reload_sink answer
    ) override;
    std::vector<telemetry::span> message_spans() const override;
    admin::flight_snapshot flight(std::size_t most) const override;
    outcome<std::string> publish_trace(unsigned size) override;
    outcome<void> collect(const std::string& request) override;
    outcome<std::string> dashboard_link() override;
    outcome<void> set_faults(const admin::fault_settings& faults) override;
    outcome<void> crash_plugin(const std::string& instance) override;

    /// How neighbours in the gossip are reached: most of them by its connections alone.
    std::map<identity::endpoint_id, admin::path_snapshot> gossip_paths() const;
    /// By id, wherever the peer was last seen or is said to be.
    identity::endpoint_addr address_of(const identity::endpoint_id& peer) const;
    outcome<void> audit(admin::audit_sink sink) override;
    outcome<void> reload_config(admin::config_reload_sink sink) override;
    outcome<void> ask_metrics(const std::string& instance, metrics_sink sink) override;
    outcome<std::vector<telemetry::span>> spans(const std::string& instance) const override;

    const ping_table& pings() const noexcept { return pings_; }
    /// It outlives every request.
    void set_dashboard(observe::dashboard_server* dashboard) noexcept { dashboard_ = dashboard; }
    void set_reach(const host_reach* reach) noexcept { reach_ = reach; }
    void set_auditor(auditor* books) noexcept { auditor_ = books; }

private:
    /// Of the topic on which digests travel.
    std::optional<gossip::proto::topic_probe> digest_topic() const;
    admin::usage_snapshot usage() const;
    admin::meters_snapshot::net_meters net_meters() const;
    std::vector<std::string> warnings() const;
    outcome<identity::endpoint_addr> resolve(const std::string& peer) const;
    outcome<identity::endpoint_addr> find_known(const std::string& peer) const;
    bool names_this_host(const std::string& peer) const;

    host_parts parts_;
    const introspect::introspect_client* asker_ = nullptr;
    const introspect::introspect_server* answerer_ = nullptr;
    ping_table pings_;
    auditor* auditor_ = nullptr;
    const host_reach* reach_ = nullptr;
    observe::dashboard_server* dashboard_ = nullptr;
    time_point started_;
    std::chrono::system_clock::time_point started_at_;
    std::optional<time_point> ready_;
};

}  // namespace meshhost::app
