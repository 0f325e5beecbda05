// SPDX-License-Identifier: Apache-2.0
#include "config/config_key.hpp"
#include "config/duration_text.hpp"
#include "config/quantity_text.hpp"

#include <algorithm>
#include <array>

namespace meshhost::config {
namespace {

namespace json = boost::json;

// From a checked value to a field: the loader has seen to types and ranges, so nothing fails here.
void assign(bool& field, const json::value& value) {
    field = value.as_bool();
}
void assign(std::uint16_t& field, const json::value& value) {
    field = value.to_number<std::uint16_t>();
}
void assign(std::size_t& field, const json::value& value) {
    field = value.to_number<std::size_t>();
}
void assign(duration& field, const json::value& value) {
    field = parse_duration(value.as_string()).value();
}
void assign(std::string& field, const json::value& value) {
    field = value.as_string();
}
void assign(std::filesystem::path& field, const json::value& value) {
    field = std::string(value.as_string());
}
void assign(log_level& field, const json::value& value) {
    parse_log_level(value.as_string(), field);
}
void assign(json::object& field, const json::value& value) {
    field = value.as_object();
}
void assign(std::vector<std::string>& field, const json::value& value) {
    field.clear();
    for (const json::value& element : value.as_array())
        field.emplace_back(element.as_string());
}

template <auto Table, auto Field>
void put(host_config& config, std::string_view, const json::value& value) {
    assign((config.*Table).*Field, value);
}

/// A field that is written in another way than it is kept.
template <auto Table, auto Field, auto Parse>
void put_parsed(host_config& config, std::string_view, const json::value& value) {
    (config.*Table).*Field = Parse(value.as_string()).value();
}

plugin_config& plugin_of(host_config& config, std::string_view instance) {
    const auto place = std::lower_bound(
        config.plugin.begin(),
        config.plugin.end(),
        instance,
        [](const plugin_config& plugin, std::string_view name) { return plugin.instance < name; }
    );
    if (place != config.plugin.end() && place->instance == instance) return *place;
    const auto added = config.plugin.emplace(place);
    added->instance = instance;
    return *added;
}

template <auto Field>
void put_plugin(host_config& config, std::string_view instance, const json::value& value) {
    assign(plugin_of(config, instance).*Field, value);
}

template <auto Field, auto Parse>
void put_plugin_parsed(host_config& config, std::string_view instance, const json::value& value) {
    plugin_of(config, instance).*Field = Parse(value.as_string()).value();
}

constexpr std::array<config_section, 19> sections{{
    {"node", "This host among others."},
    {"identity", "The key that this host is known by."},
    {"net", "The UDP sockets."},
    {"quic", "Connections: times and limits."},
    {"mesh", "Which mesh, and whom to find it through."},
    {"relay", "How this host is reached where its addresses do not do."},
    {"discovery", "How hosts are found that nobody named."},
    {"gossip", "How the hosts of the mesh hear of each other."},
    {"digest", "What this host tells the mesh of itself."},
    {"budget", "What this host may use before it counts as overloaded."},
    {"introspect", "What other members of the mesh may ask this host."},
    {"audit", "Whether what the host holds adds up."},
    {"telemetry", "What is told to collectors, scrapers and supervisors, and what is remembered."},
    {"observe", "The dashboard, which a host of the tier \"observer\" serves."},
    {"lab", "For trying what a mesh does when things go wrong. Never in production."},
    {"admin", "The local interface that meshctl talks to."},
    {"log", "What is written to standard error."},
    {"plugins", "Where plugins are found."},
    {"plugin.*", "A running role. The last part of the table's name is yours to choose."},
}};

constexpr std::int64_t peers_max = 1024;
constexpr std::int64_t bind_max = 8;
constexpr std::int64_t relays_max = 4;
constexpr std::int64_t names_max = 16;
constexpr std::int64_t active_view_max = 64;
constexpr std::int64_t passive_view_max = 1024;
constexpr std::int64_t events_most = 65536;
constexpr std::int64_t trace_one_in_most = 1'000'000;
constexpr std::int64_t plugin_bytes_most = 3072;  ///< leaves room for the rest of a digest

using c = host_config;

constexpr std::array<config_key, 69> keys{{
    {.path = "node.name",
     .rule = text(text_form::label),
     .fallback = R"("")",
     .example = R"("gateway-01")",
     .doc = "The node's name, for people. Empty: the machine's name.",
     .store = put<&c::node, &node_config::name>},
    {.path = "node.instance",
     .rule = text(text_form::name),
     .fallback = R"("default")",
     .doc = "Tells the hosts of one machine apart; part of the usual data_dir and socket.",
     .store = put<&c::node, &node_config::instance>},
    {.path = "node.data_dir",
     .rule = text(text_form::absolute_path),
     .fallback = R"("")",
     .example = R"("/var/lib/meshhost/default")",
     .doc = "Where the host keeps what must survive a restart. Empty: the usual place.",
     .store = put<&c::node, &node_config::data_dir>},
    {.path = "identity.key_file",
     .rule = text(text_form::absolute_path),
     .fallback = R"("")",
     .doc = "The secret key, made at the first start. Empty: secret.key in node.data_dir.",
     .store = put<&c::identity, &identity_config::key_file>},
    {.path = "net.port",
     .rule = integer(0, 65535),
     .fallback = "0",
     .example = "41641",
     .doc = "The UDP port. 0: whichever is free, a new one at each start.",
     .store = put<&c::net, &net_config::port>},
    {.path = "net.bind",
     .rule = list_of(text_form::ip_address, bind_max),
     .fallback = "[]",
     .example = R"(["192.0.2.7", "2001:db8::7"])",
     .doc = "The addresses to listen on. Empty: all of the machine's, IPv4 and IPv6.",
     .store = put<&c::net, &net_config::bind>},
    {.path = "net.segmentation_offload",
     .rule = yes_or_no(),
     .fallback = "true",
     .doc = "Let the kernel cut and join datagrams (GSO, GRO) where it can.",
     .store = put<&c::net, &net_config::segmentation_offload>},
    {.path = "net.port_mapping",
     .rule = yes_or_no(),
     .fallback = "true",
     .doc = "Ask the router to forward the port (PCP, NAT-PMP, UPnP), if this host has relays.",
     .store = put<&c::net, &net_config::port_mapping>},
    {.path = "quic.idle_timeout",
     .rule = time_span(1s, 10min),
     .fallback = R"("30s")",
     .doc = "A connection is given up after hearing nothing for this long.",
     .store = put<&c::quic, &quic_config::idle_timeout>},
    {.path = "quic.keep_alive",
     .rule = time_span(0s, 5min),
     .fallback = R"("5s")",
     .doc = "A quiet connection beside the gossip is kept up by a small packet this often. \"0s\": "
            "never.",
     .store = put<&c::quic, &quic_config::keep_alive>},
    {.path = "quic.handshake_timeout",
     .rule = time_span(1s, 2min),
     .fallback = R"("10s")",
     .doc = "A connection that is not established by then is given up.",
     .store = put<&c::quic, &quic_config::handshake_timeout>},
    {.path = "quic.connections_max",
     .rule = integer(1, 1'000'000),
     .fallback = "4096",
     .doc = "The most connections at one time; further ones are refused.",
     .store = put<&c::quic, &quic_config::connections_max>},
    {.path = "quic.connections_per_peer_max",
     .rule = integer(1, 1024),
     .fallback = "16",
     .doc = "The most connections with one peer at one time.",
     .store = put<&c::quic, &quic_config::connections_per_peer_max>},
    {.path = "quic.half_open_max",
     .rule = integer(1, 65536),
     .fallback = "64",
     .doc = "With this many handshakes under way, a stranger must first prove its address (Retry).",
     .store = put<&c::quic, &quic_config::half_open_max>},
    {.path = "mesh.name",
     .rule = text(text_form::name),
     .fallback = R"("default")",
     .doc = "The mesh's name.",
     .store = put<&c::mesh, &mesh_config::name>},
    {.path = "mesh.peers",
     .rule = list_of(text_form::peer, peers_max),
     .fallback = "[]",
     .doc =
         "Whom to connect to: tickets, ID@IP:PORT with one or more addresses or relays' URLs, or "
         "ids alone, which relays and discovery find.",
     .store = put<&c::mesh, &mesh_config::peers>},
    {.path = "mesh.remember_peers",
     .rule = yes_or_no(),
     .fallback = "true",
     .doc = "Whether a start that hears of nobody asks whom it knew when it ran last.",
     .store = put<&c::mesh, &mesh_config::remember_peers>},
    {.path = "mesh.secret_file",
     .rule = text(text_form::absolute_path),
     .fallback = R"("")",
     .example = R"("/etc/meshhost/mesh.secret")",
     .doc = "What the hosts of the mesh share, 1 to 1024 bytes of it. Empty: the name is enough.",
     .store = put<&c::mesh, &mesh_config::secret_file>},
    {.path = "relay.urls",
     .rule = list_of(text_form::relay_url, relays_max),
     .fallback = "[]",
     .example = R"(["https://relay.example"])",
     .doc = "The relays that this host is found at. It stays connected to each.",
     .store = put<&c::relay, &relay_config::urls>},
    {.path = "relay.token_file",
     .rule = text(text_form::absolute_path),
     .fallback = R"("")",
     .example = R"("/etc/meshhost/relay.token")",
     .doc = "What those relays ask for, if they do. Told to no other.",
     .store = put<&c::relay, &relay_config::token_file>},
    {.path = "relay.authorities",
     .rule = text(text_form::absolute_path),
     .fallback = R"("")",
     .example = R"("/etc/meshhost/relay-ca.pem")",
     .doc = "Certificates (PEM) that vouch for relays, besides the machine's own.",
     .store = put<&c::relay, &relay_config::authorities>},
    {.path = "relay.stun",
     .rule = list_of(text_form::host_port, relays_max),
     .fallback = "[]",
     .example = R"(["stun.example:3478"])",
     .doc = "Servers that tell this host how others see it (STUN). Empty: port 3478 of its relays.",
     .store = put<&c::relay, &relay_config::stun>},
    {.path = "relay.only",
     .rule = yes_or_no(),
     .fallback = "false",
     .doc = "Speak to peers by way of relays alone, and tell nobody this machine's addresses.",
     .store = put<&c::relay, &relay_config::only>},
    {.path = "discovery.mdns",
     .rule = yes_or_no(),
     .fallback = "false",
     .doc = "Find the hosts of the mesh on this network, and be found by them (multicast DNS).",
     .store = put<&c::discovery, &discovery_config::mdns>},
    {.path = "gossip.enabled",
     .rule = yes_or_no(),
     .fallback = "true",
     .doc = "Hear of the whole mesh. Without it a host knows only whom it is connected to.",
     .store = put<&c::gossip, &gossip_config::enabled>},
    {.path = "gossip.alpn",
     .rule = text(text_form::label),
     .fallback = R"("/iroh-gossip/1")",
     .doc = "The protocol's name in handshakes; the same throughout the mesh.",
     .store = put<&c::gossip, &gossip_config::alpn>},
    {.path = "gossip.tier",
     .rule = one_of("edge|hub|leaf|observer"),
     .fallback = R"("edge")",
     .doc = "How many neighbours this host takes: a hub many, a leaf few; an observer two, and it "
            "passes nothing on.",
     .store = put<&c::gossip, &gossip_config::tier>},
    {.path = "gossip.active_view",
     .rule = integer(0, active_view_max),
     .fallback = "0",
     .doc = "The most neighbours of a topic. 0: as the tier has it, 5 for an edge.",
     .store = put<&c::gossip, &gossip_config::active_view>},
    {.path = "gossip.passive_view",
     .rule = integer(0, passive_view_max),
     .fallback = "0",
     .doc = "The most other members remembered to replace them. 0: as the tier has it.",
     .store = put<&c::gossip, &gossip_config::passive_view>},
    {.path = "gossip.shuffle_interval",
     .rule = time_span(8s, 6h),
     .fallback = R"("17m")",
     .doc = "The longest time between two exchanges of views; shorter while neighbours change.",
     .store = put<&c::gossip, &gossip_config::shuffle_interval>},
    {.path = "gossip.probe_interval",
     .rule = time_span(1s, 1h),
     .fallback = R"("30s")",
     .doc = "The time between two looks for members that were lost, while there are any.",
     .store = put<&c::gossip, &gossip_config::probe_interval>},
    {.path = "digest.emit",
     .rule = text(text_form::emit_mode),
     .fallback = R"("change")",
     .example = R"("interval:500ms")",
     .doc = "When the digest is sent: on a change, or, for measuring, all of it on a clock.",
     .store = put_parsed<&c::digest, &digest_config::emit_interval, parse_emit_mode>},
    {.path = "digest.plugin_bytes_max",
     .rule = integer(0, plugin_bytes_most),
     .fallback = "256",
     .doc = "The most bytes that one role may put into the digest.",
     .store = put<&c::digest, &digest_config::plugin_bytes_max>},
    {.path = "budget.cpu",
     .rule = text(text_form::cpu_share),
     .fallback = R"("")",
     .example = R"("250m")",
     .doc = "CPU, in cores or millicores. Empty: the limit of the host's cgroup, if there is one.",
     .store = put_parsed<&c::budget, &budget_config::cpu_millicores, parse_cpu_share>},
    {.path = "budget.memory",
     .rule = text(text_form::memory_size),
     .fallback = R"("")",
     .example = R"("64MiB")",
     .doc = "Memory. Empty: the limit of the host's cgroup, if there is one.",
     .store = put_parsed<&c::budget, &budget_config::memory_bytes, parse_memory_size>},
    {.path = "introspect.allow",
     .rule = one_of("none|read|all"),
     .fallback = R"("read")",
     .doc = "Nothing, questions only, or requests as well, such as to drain.",
     .store = put<&c::introspect, &introspect_config::allow>},
    {.path = "audit.interval",
     .rule = time_span(0s, 1h),
     .fallback = R"("0s")",
     .doc = "The time between two audits of the host's own tables. \"0s\": only when asked.",
     .store = put<&c::audit, &audit_config::interval>},
    {.path = "telemetry.otlp",
     .rule = text(text_form::collector),
     .fallback = R"("")",
     .example = R"("http://127.0.0.1:4318")",
     .doc = "A collector that takes OTLP over HTTP: spans go to its /v1/traces. \"mesh\": by way "
            "of an observer that has one. Empty: what OTEL_EXPORTER_OTLP_ENDPOINT says, else none.",
     .store = put<&c::telemetry, &telemetry_config::otlp>},
    {.path = "telemetry.listen",
     .rule = text(text_form::endpoint),
     .fallback = R"("")",
     .example = R"("127.0.0.1:9464")",
     .doc = "Where /metrics, /livez and /readyz are, for whoever can reach it. Empty: nowhere.",
     .store = put<&c::telemetry, &telemetry_config::listen>},
    {.path = "telemetry.metrics_interval",
     .rule = time_span(0s, 24h),
     .fallback = R"("60s")",
     .doc = "How often a collector is told the metrics, at its /v1/metrics. \"0s\": never.",
     .store = put<&c::telemetry, &telemetry_config::metrics_interval>},
    {.path = "telemetry.trace_one_in",
     .rule = integer(0, trace_one_in_most),
     .fallback = "1024",
     .doc = "One in so many messages of this host is followed through the mesh, and of its dials "
            "and events exported. 0: none.",
     .store = put<&c::telemetry, &telemetry_config::trace_one_in>},
    {.path = "telemetry.events_kept",
     .rule = integer(64, events_most),
     .fallback = "4096",
     .doc = "How many of the last events are remembered, in at most 2 MiB. 4096 on an observer: "
            "100,000, in 40 MiB.",
     .store = put<&c::telemetry, &telemetry_config::events_kept>},
    {.path = "telemetry.flight_kept",
     .rule = integer(64, events_most),
     .fallback = "4096",
     .doc = "How many of the last spans of what this host does for itself are remembered, in 328 "
            "bytes each.",
     .store = put<&c::telemetry, &telemetry_config::flight_kept>},
    {.path = "observe.listen",
     .rule = text(text_form::endpoint),
     .fallback = R"("")",
     .example = R"("127.0.0.1:7780")",
     .doc = "Where browsers find the dashboard. Port 0: a free one. Where others can reach it, it "
            "takes TLS and a token file. Empty: there is none.",
     .store = put<&c::observe, &observe_config::listen>},
    {.path = "observe.tls_cert",
     .rule = text(text_form::absolute_path),
     .fallback = R"("")",
     .example = R"("/etc/meshhost/dashboard.pem")",
     .doc = "PEM: the dashboard's certificate, then those that vouch for it. Read again on a "
            "reload. Empty: no TLS.",
     .store = put<&c::observe, &observe_config::tls_cert>},
    {.path = "observe.tls_key",
     .rule = text(text_form::absolute_path),
     .fallback = R"("")",
     .example = R"("/etc/meshhost/dashboard.key")",
     .doc = "PEM: the certificate's key. Read again on a reload.",
     .store = put<&c::observe, &observe_config::tls_key>},
    {.path = "observe.token_file",
     .rule = text(text_form::absolute_path),
     .fallback = R"("")",
     .example = R"("/etc/meshhost/dashboard.token")",
     .doc =
         "What lets a browser in, 16 to 1024 characters, as often as it is said. Read again on a "
         "reload. Empty: only links of `meshctl ui`, which are good once.",
     .store = put<&c::observe, &observe_config::token_file>},
    {.path = "observe.names",
     .rule = list_of(text_form::web_host, names_max),
     .fallback = "[]",
     .example = R"(["mesh.example"])",
     .doc = "What browsers call the dashboard, as its certificate does; the first is in links. The "
            "address of observe.listen and localhost are good anyhow.",
     .store = put<&c::observe, &observe_config::names>},
    {.path = "observe.receive_otlp",
     .rule = yes_or_no(),
     .fallback = "false",
     .doc = "Take spans of others at /v1/traces of the dashboard, over HTTP as OTLP: with the "
            "token of observe.token_file, where there is one.",
     .store = put<&c::observe, &observe_config::receive_otlp>},
    {.path = "observe.lab",
     .rule = text(text_form::absolute_path),
     .fallback = R"("")",
     .doc = "The directory of a lab that the dashboard's buttons may break. Empty: it has none.",
     .store = put<&c::observe, &observe_config::lab>},
    {.path = "lab.faults",
     .rule = yes_or_no(),
     .fallback = "false",
     .doc = "Let the local API drop datagrams and make plugins fail.",
     .store = put<&c::lab, &lab_config::faults>},
    {.path = "admin.socket",
     .rule = text(text_form::absolute_path),
     .fallback = R"("")",
     .example = R"("/run/meshhost/default.sock")",
     .doc = "The Unix socket, readable by its owner only. Empty: the usual place.",
     .store = put<&c::admin, &admin_config::socket>},
    {.path = "log.level",
     .rule = one_of("trace|debug|info|warn|error|off"),
     .fallback = R"("info")",
     .reload = reload_kind::live,
     .doc = "The lowest level that is written.",
     .store = put<&c::log, &log_config::level>},
    {.path = "plugins.dir",
     .rule = text(text_form::absolute_path),
     .fallback = R"("")",
     .example = R"("/usr/lib/meshhost/plugins")",
     .doc = "Where a plugin named without a slash is looked up. Empty: the usual place.",
     .store = put<&c::plugins, &plugins_config::dir>},
    {.path = "plugins.cgroup",
     .rule = text(text_form::absolute_path),
     .fallback = R"("")",
     .example = R"("/sys/fs/cgroup/meshhost")",
     .doc = "Where roles in processes get control groups. Empty: in the host's own, if systemd "
            "delegates it.",
     .store = put<&c::plugins, &plugins_config::cgroup>},
    {.path = "plugin.*.path",
     .rule = text(text_form::plugin_path),
     .example = R"("compute.so")",
     .doc = "The plugin's file: a name in plugins.dir, or a path with a slash.",
     .store = put_plugin<&plugin_config::path>},
    {.path = "plugin.*.role",
     .rule = text(text_form::label),
     .fallback = R"("")",
     .doc = "Which role of the file to run. Empty: the only one that it has.",
     .store = put_plugin<&plugin_config::role>},
    {.path = "plugin.*.required",
     .rule = yes_or_no(),
     .fallback = "false",
     .doc = "Whether the host refuses to start without it.",
     .store = put_plugin<&plugin_config::required>},
    {.path = "plugin.*.grant",
     .rule = list_of(text_form::permission, 64),
     .fallback = R"(["declared"])",
     .example = R"(["alpn:mesh-gateway/1", "gossip:pub:jobs/#"])",
     .doc = "What it may do in the mesh. \"declared\" stands for all that the role asks for.",
     .store = put_plugin<&plugin_config::grant>},
    {.path = "plugin.*.isolation",
     .rule = one_of("inprocess|process"),
     .fallback = R"("inprocess")",
     .doc = "Where it runs. In a process of its own a crash costs its role only.",
     .store = put_plugin<&plugin_config::isolation>},
    {.path = "plugin.*.cpu",
     .rule = text(text_form::cpu_share),
     .fallback = R"("")",
     .example = R"("500m")",
     .doc = "CPU that its own process may use, where control groups allow. Empty: as its role "
            "declares.",
     .store = put_plugin_parsed<&plugin_config::cpu_millicores, parse_cpu_share>},
    {.path = "plugin.*.memory",
     .rule = text(text_form::memory_size),
     .fallback = R"("")",
     .example = R"("64MiB")",
     .doc = "Memory that its own process may use. Empty: as its role declares.",
     .store = put_plugin_parsed<&plugin_config::memory_bytes, parse_memory_size>},
    {.path = "plugin.*.restart_max",
     .rule = integer(0, 1000),
     .fallback = "5",
     .doc = "How often it is started again after a failure within restart_window; 0: never.",
     .store = put_plugin<&plugin_config::restart_max>},
    {.path = "plugin.*.restart_window",
     .rule = time_span(1s, 24h),
     .fallback = R"("10m")",
     .doc = "The time in which restart_max counts.",
     .store = put_plugin<&plugin_config::restart_window>},
    {.path = "plugin.*.start_limit",
     .rule = time_span(1s, 1h),
     .fallback = R"("10s")",
     .doc = "How long a start may be pending before the role has failed.",
     .store = put_plugin<&plugin_config::start_limit>},
    {.path = "plugin.*.stall_kill",
     .rule = time_span(1s, 1h),
     .fallback = R"("10s")",
     .doc = "A callback that takes longer is hung: its process is killed, or its role marked.",
     .store = put_plugin<&plugin_config::stall_kill>},
    {.path = "plugin.*.sha256",
     .rule = text(text_form::label),
     .fallback = R"("")",
     .doc = "What the file must be, in hex. Empty: whatever it is.",
     .store = put_plugin<&plugin_config::sha256>},
    {.path = "plugin.*.trace_every",
     .rule = integer(0, 1'000'000),
     .fallback = "0",
     .example = "100",
     .doc = "Every n-th event that it gets is traced; see meshctl plugin spans. 0: none.",
     .store = put_plugin<&plugin_config::trace_every>},
    {.path = "plugin.*.config",
     .rule = any_table(),
     .fallback = "{}",
     .example = "{ tick_ms = 1000 }",
     .reload = reload_kind::live,
     .doc = "The role's own keys, as its documentation has them; which take effect, it says.",
     .store = put_plugin<&plugin_config::config>},
}};

}  // namespace

std::span<const config_section> config_sections() {
    return sections;
}
std::span<const config_key> config_keys() {
    return keys;
}

}  // namespace meshhost::config
