// SPDX-License-Identifier: Apache-2.0
#include "app/host.hpp"

#include "admin/metrics_gathering.hpp"
#include "app/dashboard_setup.hpp"
#include "app/gossip_setup.hpp"
#include "app/host_settings.hpp"
#include "app/introspect_setup.hpp"
#include "app/mesh_channel.hpp"
#include "app/plugin_setup.hpp"
#include "app/session_key.hpp"
#include "app/snapshots.hpp"
#include "base/version.hpp"
#include "identity/key_file.hpp"
#include "identity/random_text.hpp"
#include "introspect/message.hpp"
#include "observe/block_file.hpp"
#include "plugin/crash_reporter.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace meshhost::app {

namespace {

constexpr std::size_t dashboard_secret_bytes = 16;
constexpr std::size_t history_bytes_max = 64u << 20;  ///< of what a dashboard can look back at
constexpr std::size_t introspected_hosts_max = 256;   ///< asked at one time
constexpr std::size_t observed_hosts_max = 1024;      ///< by a host that watches the mesh

std::uint64_t unix_ms(std::chrono::system_clock::time_point at) {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count()
    );
}

std::uint64_t unix_us(std::chrono::system_clock::time_point at) {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(at.time_since_epoch()).count()
    );
}

/// An observer's is the timeline of the whole mesh.
telemetry::journal_limits journal_limits_of(const config::host_config& settings) {
    constexpr std::size_t observed_events = 100'000;
    constexpr std::size_t observed_bytes = 40u << 20;
    telemetry::journal_limits limits{.events_max = settings.telemetry.events_kept};
    const bool is_usual = limits.events_max == config::telemetry_config{}.events_kept;
    if (settings.observe.listen.empty() || !is_usual) return limits;
    return {.events_max = observed_events, .bytes_max = observed_bytes};
}

/// From where metrics come to an instrumentation scope.
admin::metrics_taker scoped(std::function<void(std::vector<otlp::scoped_metrics>)> take) {
    return [take = std::move(take)](std::vector<admin::sourced_metrics> all) {
        std::vector<otlp::scoped_metrics> out;
        for (auto& each : all)
            out.push_back({each.instance.empty() ? "meshhost" : each.instance, std::move(each.said)}
            );
        take(std::move(out));
    };
}

}  // namespace

host::host(net::shard& shard, host_options options, host_observer& observer)
    : shard_(shard)
    , options_(std::move(options))
    , observer_(observer)
    , boot_(shard, options_.started)
    , telemetry_(shard, options_.settings.values.telemetry.flight_kept)
    , flight_(shard, telemetry_)
    , journal_(journal_limits_of(options_.settings.values)) {}

host::~host() {
    if (!peers_) return;
    peers_->remove_observer(*this);
    peers_->remove_observer(events_);
    peers_->remove_observer(flight_);
}

outcome<void> host::start() {
    auto done = boot();
    if (!done) boot_.failed(done.error());
    return done;
}

outcome<void> host::boot() {
    if (const auto done = load_identity(); !done) return done;
    if (const auto done = open_endpoint(); !done) return done;
    boot_.step("mesh.alpn.register");
    if (const auto done = open_mesh(); !done) return done;
    if (const auto done = load_plugins(); !done) return done;
    if (const auto done = name_peers(); !done) return done;
    serve();
    return {};
}

outcome<void> host::load_identity() {
    boot_.step("mesh.identity.load");
    const auto& settings = options_.settings.values;
    auto claimed = http::unix_listener::claim(settings.admin.socket);
    if (!claimed) return claimed.error();
    listener_.emplace(std::move(*claimed));

    const auto identity = identity::load_or_create_key_file(settings.identity.key_file);
    if (!identity) return identity.error();
    key_ = identity->key;
    auto claim = identity::claim_key_file(settings.identity.key_file);
    if (!claim) return claim.error();
    key_claim_ = std::move(*claim);
    if (identity->created) log_.info("made a new key file={}", settings.identity.key_file.string());
    boot_.note("mesh.identity.source", std::string(identity->created ? "minted" : "file"));
    boot_.note("mesh.identity.path", settings.identity.key_file.string());
    boot_.remember(settings.node.data_dir / "boots.json");
    restore_events();
    return {};
}

/// Once the state directory is this process's alone.
void host::restore_events() {
    const auto& settings = options_.settings.values;
    if (settings.observe.listen.empty()) return;
    files_.emplace(settings.node.data_dir / "events");
    journal_.restore(files_->read(journal_limits_of(settings).events_max));
    files_->begin(journal_.next());
    boot_.note("mesh.events.restored", static_cast<std::uint64_t>(journal_.size()));
}

/// Before anything else is open, so that a port that is taken ends the start.
outcome<void> host::claim_ports() {
    const auto& settings = options_.settings.values;
    const auto claim = [](const std::string& where, auto& to) -> outcome<void> {
        const auto address = ip_endpoint::parse(where);
        if (!address) return {};
        auto port = http::tcp_listener::bind(*address);
        if (!port) return port.error();
        to.emplace(std::move(*port));
        return {};
    };
    if (const auto done = claim(settings.observe.listen, dashboard_port_); !done) return done;
    if (dashboard_port_) {
        auto access = open_dashboard_access(settings.observe);
        if (!access) return access.error();
        dashboard_access_ = std::move(*access);
    }
    return claim(settings.telemetry.listen, health_port_);
}

outcome<void> host::open_endpoint() {
    boot_.step("mesh.endpoint.create");
    if (const auto done = claim_ports(); !done) return done;
    const auto& settings = options_.settings.values;
    auto access = open_relay_access(settings.relay);
    if (!access) return access.error();
    relay_access_ = std::move(*access);
    auto bound =
        transport::endpoint::bind(shard_, endpoint_options_of(settings, *key_, relay_access_));
    if (!bound) return bound.error();
    endpoint_ = std::move(*bound);
    boot_.note("network.transport", std::string("udp"));
    boot_.note("network.protocol.name", std::string("quic"));
    boot_.note(
        "mesh.bind.address",
        fmt::format("{}", fmt::join(texts_of(endpoint_->bound()), ","))
    );
    return {};
}

void host::open_telemetry() {
    const auto& settings = options_.settings.values;
    auto choice = choose_otlp(settings, options_.around, endpoint_->id());
    for (const auto& warning : choice.warnings)
        log_.warn("{}", warning);
    telemetry_.open(
        std::move(choice),
        [this] {
            return std::make_unique<mesh_channel>(shard_, *peers_, [this] { return asker_.get(); });
        },
        settings.gossip.tier == "observer"  // one has time for others
    );
}

outcome<void> host::open_mesh() {
    const auto& settings = options_.settings.values;
    auto secret = read_mesh_secret(settings.mesh.secret_file);
    if (!secret) return secret.error();
    mesh_secret_ = std::move(*secret);
    if (settings.gossip.enabled) {
        auto options = gossip_options_of(settings.gossip, random_seed());
        view_size_ = options.machines.membership.active_max;
        gossip_ = std::make_unique<gossip::gossip_service>(shard_, *endpoint_, std::move(options));
    }
    peers_ = std::make_unique<peers::peers_service>(
        shard_,
        *endpoint_,
        peers::peers_options{
            .key = *key_,
            .incarnation = unix_ms(options_.started_at),
            .seed = random_seed(),
            .idle_timeout = settings.quic.idle_timeout,
            .limits = peers_limits_of(settings.digest),
            .log = logger("peers"),
            .gossip = gossip_.get(),
            .mesh_secret = mesh_secret_}
    );
    peers_->add_observer(*this);
    peers_->add_observer(events_);
    open_telemetry();
    peers_->add_observer(flight_);
    events_.set_listener([this](const telemetry::event& happened) { flight_.on_event(happened); });
    follow_messages();
    return {};
}

void host::on_slow_call(const plugin::instance_status& of, const std::string& what) {
    flight_.on_slow_call(of, what);
}

void host::follow_messages() {
    if (!gossip_) return;
    trace_options options;
    options.one_in = options_.settings.values.telemetry.trace_one_in;
    options.seed = random_seed();
    options.self = endpoint_->id();
    options.name_of = [this](const identity::topic_id& topic) {
        return topic == peers_->topic() ? "mesh/digest" : "";
    };
    options.on_late = [this](const auto& late) { flight_.on_late_delivery(late); };
    gossip_->set_tracer(&telemetry_.follow(std::move(options)));
}

/// What roles say to each other over the mesh.
void host::open_exchanges() {
    if (gossip_)
        topics_ = std::make_unique<plugin::topic_hub>(
            shard_,
            *gossip_,
            *key_,
            [this] { return contacts_of(*peers_); },
            plugin::hub_options{
                .mesh = options_.settings.values.mesh.name,
                .mesh_secret = mesh_secret_,
                .first_sequence = unix_us(options_.started_at),
                .log = logger("plugin")}
        );
    messages_ = std::make_unique<message::message_exchange>(
        shard_,
        *endpoint_,
        [this](const identity::endpoint_id& peer) { return is_member(*peers_, peer); },
        [this](const identity::endpoint_id& peer) { return address_of(*peers_, named_, peer); },
        message::exchange_options{.mesh_secret = mesh_secret_, .log = logger("message")}
    );
}

outcome<void> host::load_plugins() {
    const auto& settings = options_.settings.values;
    open_exchanges();
    plugin::report_crashes(crash_record_of(settings));
    bridge_ = std::make_unique<mesh_bridge>(shard_, *peers_, logger("plugin"));
    plugin::mesh_services lent{endpoint_.get(), gossip_.get(), &*key_};
    lent.address_of = [this](const identity::endpoint_id& peer) {
        return address_of(*peers_, named_, peer);
    };
    lent.reserved_alpns = {settings.gossip.alpn};
    lent.topics = topics_.get();
    lent.messages = messages_.get();
    if (telemetry_.exports())
        lent.on_span = [this](const std::string& instance, const telemetry::span& finished) {
            telemetry_.take(instance, finished);
        };
    plugins_ = std::make_unique<plugin::plugin_manager>(
        shard_,
        plugin_settings_of(settings, endpoint_->id(), options_.is_safe),
        std::move(lent),
        *bridge_,
        static_cast<plugin::plugin_observer&>(*this)
    );
    reporter_ =
        std::make_unique<self_reporter>(settings, *endpoint_, *plugins_, *peers_, gossip_.get());
    if (telemetry_.relay() != nullptr) reporter_->set_collects();
    std::vector<plugin::plugin_spec> specs;
    for (const auto& each : settings.plugin)
        specs.push_back({each.path, each.instance, each.role});
    specs.insert(specs.end(), options_.plugins.begin(), options_.plugins.end());
    const auto refused = plugins_->load(specs);
    boot_.on_loaded(plugins_->status());
    bridge_->attach(plugins_.get());
    return judge(refused);
}

/// Fatal, unless everything that was refused may be missing, or was left out on purpose.
outcome<void> host::judge(const std::vector<failure>& refused) const {
    const auto& configured = options_.settings.values.plugin;
    const auto may_be_missing = [&](const plugin::instance_status& each) {
        const auto& why = each.last_error;
        if (why.starts_with("MP309 ") || why.starts_with("MP024 ")) return true;
        const auto wanted =
            std::find_if(configured.begin(), configured.end(), [&](const auto& one) {
                return one.instance == each.instance;
            });
        return wanted != configured.end() && !wanted->required;
    };
    const auto is_fatal = [&](const failure& each) {
        const auto all = plugins_->status();
        return std::any_of(all.begin(), all.end(), [&](const auto& one) {
            return !is_active(one) && each.message.ends_with(one.last_error)
                   && !may_be_missing(one);
        });
    };
    const auto fatal = std::find_if(refused.begin(), refused.end(), is_fatal);
    for (auto each = refused.begin(); each != refused.end(); ++each)
        if (each != fatal) log_.error("{}", each->message);
    if (fatal != refused.end()) return *fatal;
    return {};
}

void host::serve() {
    watch_usage();
    api_ = std::make_unique<host_api>(
        host_parts{
            shard_,
            options_.settings,
            *endpoint_,
            *peers_,
            gossip_.get(),
            *plugins_,
            *reporter_,
            named_,
            events_,
            usage_.get(),
            load_.get(),
            [this](admin::config_reload_sink sink) { return reload_config(std::move(sink)); },
            &boot_,
            &telemetry_,
            files_ ? &*files_ : nullptr},
        options_.started,
        options_.started_at
    );
    asker_ = std::make_unique<introspect::introspect_client>(
        shard_,
        *endpoint_,
        [this](const identity::endpoint_id& peer) { return address_of(*peers_, named_, peer); },
        introspect::client_options{
            .mesh_secret = mesh_secret_,
            .connections_max = dashboard_port_ ? observed_hosts_max : introspected_hosts_max}
    );
    admin_ = std::make_unique<admin::admin_server>(
        shard_,
        std::make_unique<http::unix_listener>(std::move(*listener_)),
        admin::admin_parts{*api_, *api_, journal_, *asker_},
        logger("admin")
    );
    listener_.reset();
    answerer_ = std::make_unique<introspect::introspect_server>(
        shard_,
        *endpoint_,
        admin_->remote(),
        [this](const identity::endpoint_id& peer) { return is_member(*peers_, peer); },
        introspect_options_of(options_.settings.values.introspect, mesh_secret_)
    );
    api_->set_introspection(asker_.get(), answerer_.get());
    if (health_port_)
        health_ = std::make_unique<admin::health_server>(
            shard_,
            std::move(*health_port_),
            *api_,
            *api_,
            telemetry_.costs(),
            logger("health")
        );
    health_port_.reset();
    telemetry_.serve_metrics([this](std::function<void(std::vector<otlp::scoped_metrics>)> take) {
        admin::gather_metrics(*api_, *api_, telemetry_.costs(), scoped(std::move(take)));
    });
    open_dashboard();
    endpoint_->router().add(std::string(ping::ping_alpn), echo_);
    boot_.note("mesh.alpn.list", fmt::format("{}", fmt::join(endpoint_->router().alpns(), ",")));
    open_reach();
    api_->set_reach(reach_.get());
    reporter_->refresh();  // before anybody can hear us
    boot_.note_of_all("mesh.tier", options_.settings.values.gossip.tier);
    boot_.note_of_all("mesh.roles", fmt::format("{}", fmt::join(peers_->self().roles, ",")));
    boot_.step("mesh.gossip.subscribe");
    boot_.note("mesh.gossip.seeds", static_cast<std::int64_t>(named_.size()));
    if (gossip_) gossip_->start();
    peers_->start();
    recall();
    reach_->start();
    boot_.step("mesh.accept.start");
    boot_.on_starting();
    plugins_->start();
    shard_.post([this] { become_ready(); });
}

void host::open_dashboard() {
    if (!dashboard_port_) return;
    const auto& settings = options_.settings.values;
    observe::dashboard_options options;
    options.mesh = settings.mesh.name;
    options.version = version();
    options.names = settings.observe.names;
    options.receives_otlp = settings.observe.receive_otlp;
    options.tls = std::move(dashboard_access_.tls);
    options.publish_trace = [this](unsigned size) { return api_->publish_trace(size); };
    const session_key_file seals(settings.node.data_dir, logger("observe"));
    options.history = observe::block_file::open(settings.node.data_dir, history_bytes_max);
    options.log = logger("observe");
    options.door = {
        .token = std::move(dashboard_access_.token),
        .key = seals.open(),
        .another_key = [seals] { return seals.replace(); },
        .secret = [] { return identity::random_text(dashboard_secret_bytes); },
        .log = options.log};
    if (!settings.observe.lab.empty())
        options.lab = std::make_unique<observe::lab_actions>(
            shard_,
            settings.observe.lab,
            options_.around.executable.parent_path() / "meshctl"
        );
    dashboard_ = std::make_unique<observe::dashboard_server>(
        observe::observatory_parts{shard_, *api_, journal_, *asker_},
        std::move(*dashboard_port_),
        std::move(options)
    );
    dashboard_port_.reset();
    for (const auto& each : dashboard_->warnings())
        log_.warn("{}", each);
    api_->set_dashboard(dashboard_.get());
}

void host::export_boot() {
    telemetry_.take(boot_.spans());
    telemetry_.flush();
}

void host::become_ready() {
    using plugin::proto::instance_state;
    const auto is_under_way = [](const plugin::instance_status& each) {
        const bool is_early =
            each.state == instance_state::created || each.state == instance_state::starting;
        return is_early && !each.is_stalled;
    };
    if (is_ready_ || is_stopping_) return;
    const auto plugins = plugins_->status();
    if (std::any_of(plugins.begin(), plugins.end(), is_under_way)) return;
    is_ready_ = true;
    open_books();
    boot_.ready();
    export_boot();
    begin_join();
    api_->set_ready(shard_.now());
    observer_.on_host_ready();
}

void host::on_instance_changed(const plugin::instance_status& status) {
    events_.on_instance_changed(status);
    boot_.on_instance_changed(status);
    reporter_->refresh();
    become_ready();
}

}  // namespace meshhost::app
