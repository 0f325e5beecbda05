// SPDX-License-Identifier: Apache-2.0
#include "app/host_reach.hpp"

#include "app/host_settings.hpp"
#include "base/http_url.hpp"
#include "identity/relay_url.hpp"
#include "process/secret_file.hpp"

#include <boost/url/parse.hpp>

#include <utility>

namespace meshhost::app {

namespace {

constexpr std::size_t found_max = 256;
constexpr const char* stun_port = "3478";  ///< RFC 8489 §18.5

/// "https://relay.example/" → "relay.example:3478".
std::string stun_server_of(const std::string& relay_url) {
    const auto url = boost::urls::parse_uri(relay_url);
    if (!url) return "";
    return std::string(url->encoded_host()) + ":" + stun_port;
}

/// Where a relay answers whoever asks for a captive portal, which plain HTTP alone shows: a relay
/// that speaks TLS has port 80 for it (iroh's do).
std::optional<http_url> plain_side_of(const std::string& relay_url) {
    if (const auto plain = parse_http_url(relay_url)) return plain;
    const auto url = boost::urls::parse_uri(relay_url);
    if (!url || url->scheme_id() != boost::urls::scheme::https) return std::nullopt;
    return http_url{.host = url->host_address(), .port = 80, .path = ""};
}

reach::reach_options service_options(const reach_parts& parts) {
    reach::reach_options out;
    out.address_of = parts.address_of;
    out.on_reach_changed = parts.on_reach_changed;
    out.relay_only = parts.settings.relay.only;
    out.log = logger("reach");
    return out;
}

}  // namespace

outcome<relay_access> open_relay_access(const config::relay_config& settings) {
    relay_access out;
    const process::secret_file_terms terms{
        "E_RELAY_TOKEN",
        "the relays' token",
        "relay.token_file"};
    const auto token = process::read_secret_file(settings.token_file, terms);
    if (!token) return token.error();
    out.token.assign(token->begin(), token->end());
    if (settings.authorities.empty()) return out;
    auto tls = net::tls_client_context::make({true, {settings.authorities}});
    if (!tls) return tls.error();
    out.tls = std::move(*tls);
    return out;
}

host_reach::host_reach(reach_parts parts)
    : parts_(std::move(parts))
    , service_(parts_.shard, parts_.endpoint, [this] {
        auto options = service_options(parts_);
        options.on_self_changed = [this] { refresh(); };
        options.on_network_changed = [this] { on_network_changed(); };
        return options;
    }()) {}

host_reach::~host_reach() = default;

void host_reach::start() {
    open_survey();
    open_outside();
    if (!parts_.settings.discovery.mdns) return;
    discovery::mdns_options options;
    options.self = parts_.endpoint.id();
    options.seed = random_seed();
    options.log = logger("mdns");
    discovery::discovery_sink& self = *this;
    auto opened = discovery::mdns_source::open(parts_.shard, self, std::move(options));
    if (!opened) {
        log_.warn("{}", opened.error().message);
        return;
    }
    mdns_ = std::move(*opened);
    mdns_->announce(parts_.endpoint.address());
}

void host_reach::open_outside() {
    const auto& settings = parts_.settings.relay;
    reach::outside_options options;
    options.servers = settings.stun;
    options.are_guessed = options.servers.empty();
    if (options.are_guessed)
        for (const auto& url : settings.urls)
            options.servers.push_back(stun_server_of(url));
    if (options.servers.empty() || settings.only) return;
    const auto secret = parts_.key.derive("stun transaction ids");
    options.secret.assign(secret.begin(), secret.end());
    const auto drawn = random_seed();  // of this start alone
    for (unsigned i = 0; i < 8; ++i)
        options.secret.push_back(static_cast<std::uint8_t>(drawn >> (8 * i)));
    options.seed = random_seed();
    options.send = [this](const ip_endpoint& to, bytes_view datagram) {
        parts_.endpoint.send_stray(to, datagram);
    };
    options.on_seen = [this](const nat::proto::voter& who, const ip_endpoint& seen) {
        service_.note_seen(who, seen);
        look_around();
    };
    options.on_silence = [this] {
        log_.warn("no STUN server answers: UDP may be blocked here");
        service_.note_silence();
    };
    options.log = log_;
    outside_ = std::make_unique<reach::outside_watch>(parts_.shard, std::move(options));
    service_.set_stray_taker([this](const ip_endpoint& from, bytes_view datagram) {
        outside_->take(from, datagram);
    });
    outside_->ask();
}

/// Only a host that has to do with relays, and may be reached at an address, asks its router.
void host_reach::open_survey() {
    const auto& settings = parts_.settings;
    if (settings.relay.urls.empty() || settings.relay.only) return;
    survey_options options;
    options.port = port_to_forward();
    for (const auto& url : settings.relay.urls)
        if (!options.relay) options.relay = plain_side_of(url);
    options.on_mapped = [this](const auto& outer) { service_.set_mapped(outer); };
    options.on_report = [this](const auto& report) { note_report(report); };
    options.seed = random_seed();
    options.log = log_;
    survey_ = std::make_unique<network_survey>(parts_.shard, std::move(options));
}

std::optional<std::uint16_t> host_reach::port_to_forward() const {
    if (!parts_.settings.net.port_mapping) return std::nullopt;
    for (const auto& local : parts_.endpoint.bound())
        if (local.is_v4() && !local.is_loopback()) return local.port;
    return std::nullopt;
}

void host_reach::look_around() {
    if (!survey_ || !outside_) return;
    std::vector<ip_endpoint> servers;
    for (const auto& each : outside_->list())
        if (each.at && each.seen) servers.push_back(*each.at);
    survey_->look(servers);
}

void host_reach::note_report(const nat::proto::net_report& report) {
    using nat::proto::known;
    using nat::proto::nat_mapping;
    const auto mapping = report.v4.mapping;
    if (mapping == nat_mapping::unknown) return;
    const bool is_fixed =
        mapping == nat_mapping::none || mapping == nat_mapping::endpoint_independent;
    service_.note_mapping(is_fixed ? known::no : known::yes);
}

void host_reach::on_network_changed() {
    if (survey_) survey_->network_changed(port_to_forward());
    if (outside_) outside_->ask();
}

void host_reach::refresh() {
    if (mdns_) mdns_->announce(parts_.endpoint.address());
    parts_.on_self_changed();
}

std::vector<reach::outside_view> host_reach::servers() const {
    return outside_ ? outside_->list() : std::vector<reach::outside_view>();
}

void host_reach::on_found(const identity::endpoint_addr& endpoint, discovery::provenance from) {
    if (found_.size() >= found_max && !found_.contains(endpoint.id)) return;
    const bool is_new = found_.insert_or_assign(endpoint.id, endpoint).second;
    if (is_new) log_.info("peer={} found by {}", endpoint.id.short_text(), to_string(from));
    parts_.on_found(endpoint);
}

void host_reach::on_lost(const identity::endpoint_id& endpoint, discovery::provenance) {
    if (found_.erase(endpoint) > 0) parts_.on_lost(endpoint);
}

}  // namespace meshhost::app
