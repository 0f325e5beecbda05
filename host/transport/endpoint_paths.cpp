// SPDX-License-Identifier: Apache-2.0
// Where an endpoint is found, where it looks for others, and how it moves to a better path.
#include "path/path_reason.hpp"
#include "transport/connection_impl.hpp"
#include "transport/endpoint_impl.hpp"

#include <algorithm>

namespace meshhost::transport {

namespace {

/// Of one peer: each is a connection to a host that the peer has named.
constexpr std::size_t dialled_relays_max = 2;

}  // namespace

way_end end_of(const path_info& path) {
    if (path.kind == path_kind::relayed) return path.relay;
    return path.remote.value_or(ip_endpoint{});
}

identity::endpoint_addr endpoint_impl::address() const {
    identity::endpoint_addr addr{.id = id(), .relays = {}, .direct = {}};
    const auto ours = mux_->relays().own();
    const bool is_any_up = !ours.empty() && mux_->relays().is_up(ours.front());
    for (const auto relay : ours)
        if (mux_->relays().is_up(relay) || !is_any_up)
            addr.relays.push_back(*mux_->relays().url_of(relay));
    if (options_.relay_only) return addr;
    const bool reachable = std::any_of(own_addresses_.begin(), own_addresses_.end(), [](auto& one) {
        return !one.is_loopback();
    });
    for (const ip_endpoint& local : mux_->bound()) {
        if (!local.is_unspecified()) {
            addr.direct.push_back(local);
            continue;
        }
        for (ip_endpoint own : own_addresses_) {
            // Loopback is of use to nobody else, so only where there is nothing better.
            if (own.family != local.family || (own.is_loopback() && reachable)) continue;
            own.port = local.port;
            addr.direct.push_back(own);
        }
    }
    return addr;
}

/// Every address, and every relay that the peer is said to be at. Of one that nothing is known of,
/// or whose relays are away, our own may know more.
std::vector<path::path_target> endpoint_impl::targets(const connection_impl& handle) {
    const identity::endpoint_addr& to = handle.target();
    const bool is_relayed_only = options_.relay_only || handle.options().is_pinned;
    std::vector<path::path_target> all;
    if (!is_relayed_only) {
        all.assign(to.direct.begin(), to.direct.end());
        const auto found = reach_ == nullptr ? std::nullopt : reach_->direct_of(to.id);
        if (found && std::find(all.begin(), all.end(), path::path_target(*found)) == all.end())
            all.emplace_back(*found);
    }
    bool is_any_up = false;
    const auto add = [&](path::relay_id relay) {
        const path::path_target hop = path::relay_hop{relay, to.id};
        is_any_up = is_any_up || mux_->relays().is_up(relay);
        if (std::find(all.begin(), all.end(), hop) == all.end()) all.push_back(hop);
    };
    for (std::size_t i = 0; i < std::min(to.relays.size(), dialled_relays_max); ++i)
        if (const auto relay = mux_->relays().use(to.relays[i])) add(*relay);
    // What is said of the peer may be old, or nothing.
    const bool is_enough = is_any_up || (to.relays.empty() && !all.empty());
    if (!is_enough)
        for (const auto relay : mux_->relays().own())
            add(relay);
    return all;
}

template <class Filter, class Move>
move_counts endpoint_impl::move(
    const identity::endpoint_id& peer,
    const path::path_target& to,
    Filter goes,
    Move how
) {
    const path_id path = mux_->paths().intern(to);
    move_counts counts;
    for (const auto& [raw, handle] : handles_) {
        quic::quic_connection* const connection = handle->quic();
        const bool is_ours = handle->is_dialled() && !handle->options().is_pinned
                             && handle->is_connected() && handle->remote_id() == peer;
        if (!is_ours) continue;
        const auto remotes = mux_->paths().remotes(connection->current_path());
        const bool is_there = remotes.size() == 1 && remotes.front() == to;
        if (is_there || !goes(*handle)) continue;
        ++counts.eligible;
        if (how(*connection, path)) ++counts.moving;
    }
    flush(shard_.now());
    return counts;
}

move_counts endpoint_impl::move_to_address(
    const identity::endpoint_id& peer,
    const ip_endpoint& to
) {
    if (options_.relay_only) return {};
    const auto everyone = [](const connection_impl&) { return true; };
    const auto check = [now = shard_.now()](quic::quic_connection& connection, path_id path) {
        return connection.check_path(path, now);
    };
    return move(peer, to, everyone, check);
}

move_counts endpoint_impl::move_to_relay(
    const identity::endpoint_id& peer,
    const way_end& from,
    std::string_view url
) {
    const auto relay = mux_->relays().use(std::string(url));
    if (!relay) return {};
    const path::relay_hop to{*relay, peer};
    const auto goes_by_it = [&](const connection_impl& handle) {
        return end_of(handle.path()) == from;
    };
    const auto migrate = [now = shard_.now()](quic::quic_connection& connection, path_id path) {
        return connection.migrate(path, now);
    };
    return move(peer, to, goes_by_it, migrate);
}

std::vector<peer_way> endpoint_impl::ways() const {
    std::vector<peer_way> all;
    for (const auto& [raw, handle] : handles_) {
        if (!handle->is_connected()) continue;
        all.push_back(
            {handle->remote_id(),
             handle->is_dialled(),
             handle->options().is_pinned,
             handle->path(),
             handle->quic()->measure().probes_unanswered,
             handle.get()}
        );
    }
    return all;
}

void endpoint_impl::send_stray(const ip_endpoint& to, bytes_view datagram) {
    mux_->send_once({mux_->paths().intern(to), datagram, datagram.size(), 0});
}

void endpoint_impl::tell_if_relayed(const connection_impl& handle) {
    if (reach_ == nullptr) return;
    const auto path = handle.path();
    if (path.kind != path_kind::relayed) return;
    post([this, peer = handle.remote_id(), relay = path.relay, is_ours = handle.is_dialled()] {
        if (reach_ != nullptr) reach_->on_relayed(peer, relay, is_ours);
    });
}

void endpoint_impl::on_path_checked(const connection_impl& handle, path_id path, bool works) {
    const auto to = remote_of(path);
    if (!to) return tell_if_relayed(handle);
    if (reach_ == nullptr || handle.options().is_pinned) return;
    post([this, peer = handle.remote_id(), to = *to, works] {
        if (reach_ != nullptr) reach_->on_moved(peer, to, works);
    });
}

void endpoint_impl::on_relays_changed() {
    if (reach_ != nullptr) reach_->on_relays_changed();
}

void endpoint_impl::tell_of_network() {
    if (reach_ != nullptr) reach_->on_network_changed();
}

void endpoint_impl::describe(const identity::endpoint_id& peer, path_id path, path_info& info)
    const {
    const auto remotes = mux_->paths().remotes(path);
    if (remotes.size() != 1) return;
    if (const auto* const hop = path::relayed_of(remotes.front())) {
        info.kind = path_kind::relayed;
        if (const auto* const url = mux_->relays().url_of(hop->relay)) info.relay = *url;
        if (reach_ != nullptr) info.reason = reach_->reason_of(peer, info.kind);
        if (info.reason.empty()) info.reason = path::to_string(path::path_reason::relayed);
        return;
    }
    info.remote = *path::direct_of(remotes.front());
    info.kind = path_kind::direct;
    if (reach_ != nullptr) info.reason = reach_->reason_of(peer, info.kind);
    if (info.reason.empty())
        info.reason = path::to_string(path::classify(*info.remote, own_addresses_));
}

std::optional<ip_endpoint> endpoint_impl::remote_of(path_id path) const {
    const auto remotes = mux_->paths().remotes(path);
    if (remotes.size() != 1) return std::nullopt;
    const auto* const direct = path::direct_of(remotes.front());
    return direct == nullptr ? std::nullopt : std::optional(*direct);
}

std::string endpoint_impl::address_text(path_id path) const {
    const auto remote = remote_of(path);
    return remote ? remote->to_string() : "the address";
}

}  // namespace meshhost::transport
