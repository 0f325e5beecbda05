// SPDX-License-Identifier: Apache-2.0
#include "app/host_settings.hpp"

#include "app/host_reach.hpp"
#include "config/bind_endpoints.hpp"
#include "identity/relay_url.hpp"

#include <algorithm>
#include <random>

namespace meshhost::app {

namespace {

// Together below the five seconds in which a host has to stop.
constexpr duration plugin_drain_limit = 2000ms;
constexpr duration plugin_stop_limit = 2700ms;  ///< then peers get 1 s, and the gossip 1 s

plugin::instance_settings instance_settings_of(
    const config::plugin_config& from,
    std::uint32_t digest_bytes
) {
    plugin::instance_settings out;
    out.config = {from.config, from.config_origins};
    out.grant = from.grant;
    out.digest_bytes = digest_bytes;
    out.is_isolated = from.isolation == "process";
    out.limits = {from.cpu_millicores, from.memory_bytes};
    out.restarts.most = static_cast<unsigned>(from.restart_max);
    out.restarts.window = from.restart_window;
    out.start_limit = from.start_limit;
    out.stalls.kill = from.stall_kill;
    out.sha256 = from.sha256;
    out.trace_every = static_cast<std::uint32_t>(from.trace_every);
    return out;
}

}  // namespace

std::uint64_t random_seed() {
    std::random_device source;
    return std::uint64_t{source()} << 32 | source();
}

duration unix_now() {
    return std::chrono::system_clock::now().time_since_epoch();
}

std::filesystem::path crash_record_of(const config::host_config& settings) {
    return settings.node.data_dir / "plugin-crashes";
}

transport::endpoint_options endpoint_options_of(
    const config::host_config& settings,
    const identity::secret_key& key,
    const relay_access& relays
) {
    std::vector<std::string> urls;
    for (const auto& url : settings.relay.urls)
        urls.push_back(*identity::normalise_relay_url(url));
    return {
        .key = key,
        .bind = config::bind_endpoints(settings.net),
        .idle_timeout = settings.quic.idle_timeout,
        .keep_alive = settings.quic.keep_alive,
        .handshake_timeout = settings.quic.handshake_timeout,
        .connections_max = settings.quic.connections_max,
        .connections_per_peer_max = settings.quic.connections_per_peer_max,
        .half_open_max = settings.quic.half_open_max,
        .segmentation_offload = settings.net.segmentation_offload,
        .relays = std::move(urls),
        .relay_token = relays.token,
        .relay_tls = relays.tls.get(),
        .relay_only = settings.relay.only,
        .seed = random_seed(),
        .log = logger("transport")};
}

plugin::plugin_settings plugin_settings_of(
    const config::host_config& settings,
    const identity::endpoint_id& self,
    bool is_safe
) {
    plugin::plugin_settings out;
    out.directory = settings.plugins.dir;
    out.state_directory = settings.node.data_dir / "plugins";
    out.control_groups = settings.plugins.cgroup;
    out.is_safe = is_safe;
    out.crashes = crash_record_of(settings);
    out.self = self;
    out.drain_limit = plugin_drain_limit;
    out.stop_limit = plugin_stop_limit;
    // What others would not be told is refused when it is declared.
    const auto granted = static_cast<std::uint32_t>(settings.digest.plugin_bytes_max);
    out.defaults.digest_bytes = granted;
    out.seed = random_seed();
    for (const auto& each : settings.plugin)
        out.instances[each.instance] = instance_settings_of(each, granted);
    return out;
}

peers::proto::config peers_limits_of(const config::digest_config& settings) {
    peers::proto::config limits;
    limits.emit_interval = settings.emit_interval;
    limits.contribution_bytes_max = settings.plugin_bytes_max;
    return limits;
}

/// Where nothing is said, builds for developers look all the time.
duration audit_interval(const config::loaded_config& settings) {
#ifdef NDEBUG
    constexpr duration unsaid = 0s;
#else
    constexpr duration unsaid = 5s;
#endif
    const auto said =
        std::find_if(settings.settings.begin(), settings.settings.end(), [](const auto& each) {
            return each.path == "audit.interval";
        });
    const bool is_said = said != settings.settings.end() && said->origin != "default";
    return is_said ? settings.values.audit.interval : unsaid;
}

}  // namespace meshhost::app
