// SPDX-License-Identifier: Apache-2.0
#include "transport/endpoint_impl.hpp"

#include "base/assert.hpp"
#include "path/path_reason.hpp"
#include "transport/connection_impl.hpp"

#include <algorithm>
#include <utility>

namespace meshhost::transport {

namespace {

quic::core_options core_options(const endpoint_options& options) {
    quic::transport_config config;
    config.idle_timeout = options.idle_timeout;
    config.keep_alive = options.keep_alive;
    config.handshake_timeout = options.handshake_timeout;
    config.connections_max = options.connections_max;
    config.connections_per_peer_max = options.connections_per_peer_max;
    config.half_open_max = options.half_open_max;
    config.half_open_hard_max = std::max(config.half_open_hard_max, options.half_open_max * 2);
    return {
        .transport = config,
        .reset_key = options.key.derive("quic stateless reset"),
        .alpns = {},
    };
}

/// A ticket is a stranger's word: what is no unicast address is not dialled, nor are more
/// addresses than a ticket may carry.
identity::endpoint_addr diallable(identity::endpoint_addr to) {
    std::erase_if(to.direct, [](const ip_endpoint& address) {
        return address.port == 0 || address.is_unspecified() || address.is_multicast();
    });
    if (to.direct.size() > identity::ticket_addresses_max) {
        to.direct.resize(identity::ticket_addresses_max);
    }
    return to;
}

}  // namespace

outcome<std::unique_ptr<endpoint>> endpoint::bind(net::shard& shard, endpoint_options options) {
    auto made = std::make_unique<endpoint_impl>(shard, std::move(options));
    if (auto opened = made->open(); !opened) return opened.error();
    return std::unique_ptr<endpoint>(std::move(made));
}

endpoint_impl::endpoint_impl(net::shard& shard, endpoint_options options)
    : shard_(shard)
    , options_(std::move(options))
    , tls_(options_.key)
    , timer_(shard, *this)
    , core_(core_options(options_), tls_, *this, *this) {}

endpoint_impl::~endpoint_impl() {
    *alive_ = false;
    close(0, "");
    // Dials that went nowhere, and closes that the way out had no room for.
    for (const auto& [raw, handle] : std::exchange(handles_, {}))
        handle->finish({close_cause::endpoint_closed, 0, {}});
}

outcome<bool> endpoint_impl::open() {
    path::mux_options options{.bind = options_.bind, .log = options_.log};
    options.udp.segmentation_offload = options_.segmentation_offload;
    options.relays.key = &options_.key;
    options.relays.own = options_.relays;
    options.relays.token = options_.relay_token;
    options.relays.tls = options_.relay_tls;
    options.relays.seed = options_.seed;
    options.relays.log = logger("relay");
    auto mux = path::path_mux::open(shard_, *this, std::move(options));
    if (!mux) return mux.error();
    mux_ = std::move(*mux);
    refresh_own_addresses();
    if (auto monitor = net::interface_monitor::open(shard_, *this)) {
        monitor_ = std::move(*monitor);
    } else {
        options_.log.warn("changes of addresses go unnoticed: {}", monitor.error().message);
    }
    return true;
}

/// Runs `work` on a later turn, unless the endpoint is gone by then.
void endpoint_impl::post(std::function<void()> work) {
    shard_.post([alive = alive_, work = std::move(work)] {
        if (*alive) work();
    });
}

std::shared_ptr<connection> endpoint_impl::connect(
    const identity::endpoint_addr& to,
    std::string_view alpn,
    std::shared_ptr<connection_handler> handler,
    const connect_options& options
) {
    MH_ASSERT(handler != nullptr, "somebody must hear how a dial ends");
    auto handle =
        std::make_shared<connection_impl>(*this, diallable(to), std::string(alpn), options);
    handle->set_handler(std::move(handler));
    handles_.emplace(handle.get(), handle);
    const bool to_self = to.id == id();
    if (closed_ || to_self || !dial(*handle)) {
        const close_reason reason{
            closed_ ? close_cause::endpoint_closed : close_cause::no_address,
            0,
            to_self ? "that is this host itself" : ""};
        post([handle, reason] { handle->finish(reason); });
    }
    return handle;
}

bool endpoint_impl::redial(connection_impl& handle) {
    return !closed_ && dial(handle);
}

/// false: there is nowhere to dial to.
bool endpoint_impl::dial(connection_impl& handle) {
    auto to = targets(handle);
    if (to.empty()) return false;
    quic::dial_parameters const parameters{
        .path = mux_->paths().open(std::move(to)),
        .expected = handle.remote_id(),
        .alpn = handle.alpn(),
        .early_data = handle.options().early_data,
        .resume = handle.options().resume,
    };
    handle.attach(core_.dial(parameters, handle, shard_.now()));
    return true;
}

void endpoint_impl::forget(connection_impl& handle) {
    handles_.erase(&handle);
}

outcome<bool> endpoint_impl::rebind() {
    const time_point now = shard_.now();
    std::vector<std::pair<quic::quic_connection*, std::optional<ip_endpoint>>> dialled;
    for (quic::quic_connection* const connection : core_.connections()) {
        if (connection->is_client()) {
            dialled.emplace_back(connection, remote_of(connection->current_path()));
        }
    }
    auto bound = mux_->rebind();
    const bool is_anywhere = !mux_->bound().empty();
    for (const auto& [connection, remote] : dialled) {
        if (!remote || !is_anywhere) continue;
        const path_id fresh = mux_->paths().intern(*remote);
        if (!connection->migrate(fresh, now)) {
            options_.log.debug("a connection stays on its path: it cannot migrate now");
        }
    }
    core_.resume(now);  // if the old sockets were full, they will not say that they are not
    timer_.arm(core_.next_deadline());
    if (reach_ != nullptr) post([this] { tell_of_network(); });
    return bound;
}

bool endpoint_impl::set_faults(const fault_plan& plan) {
    if (!plan.is_valid()) return false;
    mux_->set_faults(plan);
    return true;
}

probe endpoint_impl::measure() const {
    const auto tables = core_.measure();
    const auto& counters = core_.counters();
    return {
        .connections = tables.connections,
        .half_open = tables.half_open,
        .streams = tables.streams,
        .timers = tables.timers,
        .connection_ids = tables.connection_ids,
        .paths = mux_->paths().in_use(),
        .paths_cached = mux_->paths().unused(),
        .session_tickets = tables.tickets,
        .address_tokens = tables.tokens,
        .tls_sessions = tables.tls_sessions,
        .send_bytes = tables.send_bytes,
        .closing = tables.closing,
        .objects = tables.objects.connections,
        .handles = handles_.size(),
        .opened = counters.opened,
        .closed = counters.closed,
        .streams_opened = tables.objects.streams_opened,
        .streams_closed = tables.objects.streams_closed,
        .closed_by_cause = counters.closed_by_cause,
        .datagrams_received = counters.datagrams_received,
        .datagrams_sent = core_.datagrams_sent(),
        .datagrams_dropped = counters.datagrams_dropped,
        .bytes_received = counters.bytes_received,
        .bytes_sent = core_.bytes_sent(),
        .retries_sent = counters.retries_sent,
        .resets_sent = counters.resets_sent,
        .early_data_accepted = counters.early_data_accepted,
    };
}

std::vector<held_connection> endpoint_impl::held() const {
    std::vector<held_connection> all;
    all.reserve(handles_.size());
    for (const auto& [raw, handle] : handles_)
        all.push_back({raw, handle->remote_id(), handle->alpn(), handle->streams()});
    return all;
}

void endpoint_impl::close(std::uint64_t code, std::string_view reason) {
    closed_ = true;
    if (mux_ == nullptr) return;
    for (quic::quic_connection* const connection : core_.connections()) {
        connection->close(code, reason);
    }
    flush(shard_.now());
}

void endpoint_impl::on_datagram(path_id path, std::uint8_t ecn, std::span<std::uint8_t> data) {
    if (now_ == time_point{}) {
        now_ = shard_.now();
        refresh_alpns();
    }
    // Both top bits clear is none of QUIC's packets (RFC 9443 §3), but for those whose fixed bit
    // was cleared on purpose (RFC 9287), which ngtcp2 always invites: they have an id of ours.
    const bool is_stray = !data.empty() && (data[0] & 0xc0) == 0 && !core_.is_addressed(data);
    const auto from = is_stray && reach_ != nullptr ? remote_of(path) : std::nullopt;
    if (from) return reach_->on_stray(*from, data);
    core_.receive(path, ecn, data, now_);
}

void endpoint_impl::on_refused(const ip_endpoint& remote) {
    const time_point now = shard_.now();
    if (!refusals_.take(now)) return;
    for (const auto& [raw, handle] : handles_)
        handle->on_refused(remote, now);
}

void endpoint_impl::on_turn_end() {
    now_ = {};
    flush(shard_.now());
}

void endpoint_impl::on_writable() {
    core_.resume(shard_.now());
    timer_.arm(core_.next_deadline());
}

void endpoint_impl::on_socket_broken() {
    if (std::exchange(rebinding_, true)) return;
    post([this] {
        rebinding_ = false;
        options_.log.warn("a socket's address is gone: binding again");
        if (auto bound = rebind(); !bound) options_.log.error("{}", bound.error().message);
    });
}

bool endpoint_impl::send(const quic::outgoing& datagrams) {
    return mux_->send({datagrams.path, datagrams.data, datagrams.segment_size, datagrams.ecn});
}

void endpoint_impl::settle(path_id dialled, path_id answered) {
    mux_->paths().settle(dialled, answered);
}

ip_endpoint endpoint_impl::address_of(path_id path) const {
    const auto remotes = mux_->paths().remotes(path);
    return remotes.size() == 1 ? path::address_of(remotes.front()) : ip_endpoint{};
}

bool endpoint_impl::is_replay_safe(std::string_view alpn) const {
    const auto handler = router_.find(alpn);
    return handler != nullptr && handler->is_replay_safe();
}

quic::connection_sink* endpoint_impl::on_incoming(quic::quic_connection& connection) {
    const auto protocol = router_.find(connection.alpn());
    if (protocol == nullptr || closed_) return nullptr;
    auto handle = std::make_shared<connection_impl>(*this, connection);
    protocol->on_connection(handle);
    if (!handle->has_handler()) {
        handle->finish({close_cause::refused, 0, {}});  // somebody may have kept it
        return nullptr;
    }
    auto* const sink = handle.get();
    handles_.emplace(sink, std::move(handle));
    tell_if_relayed(*sink);
    return sink;
}

void endpoint_impl::on_flush_wanted() {
    post([this] { flush(shard_.now()); });
}

void endpoint_impl::on_deadline(time_point now) {
    core_.on_deadline(now);
    timer_.arm(core_.next_deadline());
}

void endpoint_impl::on_addresses_changed() {
    refresh_own_addresses();
    mux_->relays().network_changed();
    if (are_sockets_stale())
        on_socket_broken();
    else
        tell_of_network();
}

/// A wildcard socket follows by itself; one bound to an address that is gone does not, nor does
/// one that could not be bound while its address was.
bool endpoint_impl::are_sockets_stale() const {
    const auto is_among = [](const std::vector<ip_endpoint>& all, const ip_endpoint& one) {
        return std::any_of(all.begin(), all.end(), [&](const ip_endpoint& each) {
            return each.family == one.family && each.address == one.address;
        });
    };
    const std::vector<ip_endpoint> bound = mux_->bound();
    const bool is_lost = std::any_of(bound.begin(), bound.end(), [&](const ip_endpoint& local) {
        return !local.is_unspecified() && !is_among(own_addresses_, local);
    });
    const auto& wanted = options_.bind;
    const bool is_back = std::any_of(wanted.begin(), wanted.end(), [&](const ip_endpoint& local) {
        return is_among(own_addresses_, local) && !is_among(bound, local);
    });
    return is_lost || is_back;
}

void endpoint_impl::flush(time_point now) {
    core_.flush(now);
    timer_.arm(core_.next_deadline());
}

void endpoint_impl::refresh_alpns() {
    if (router_version_ == router_.version()) return;
    router_version_ = router_.version();
    core_.set_alpns(router_.alpns());
}

void endpoint_impl::refresh_own_addresses() {
    own_addresses_ = net::interface_addresses();
}

}  // namespace meshhost::transport
