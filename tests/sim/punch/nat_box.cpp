// SPDX-License-Identifier: Apache-2.0
#include "sim/punch/nat_box.hpp"

#include "nat/proto/candidates.hpp"

#include <algorithm>

namespace meshhost::sim {

namespace {

/// What of `to` counts in this scope.
ip_endpoint scoped(const ip_endpoint& to, nat_scope scope) noexcept {
    ip_endpoint key = to;
    if (scope == nat_scope::address) key.port = 0;
    return scope == nat_scope::endpoint_independent ? ip_endpoint{} : key;
}

}  // namespace

bool nat_box::has_address(const ip_endpoint& address) const noexcept {
    return how_.is_translating && address.family == outer_.family
           && address.address == outer_.address;
}

std::uint16_t nat_box::free_port(std::uint16_t wanted) {
    const auto is_taken = [&](std::uint16_t port) {
        return std::any_of(mappings_.begin(), mappings_.end(), [&](const auto& entry) {
            return entry.second.port == port;
        });
    };
    if (how_.keeps_port && !is_taken(wanted)) return wanted;
    std::uint16_t port = 0;
    do
        port = static_cast<std::uint16_t>(1024 + random_.below(60'000));
    // Some ports nobody probes, whoever has them: a NAT that picks one makes its host unlucky.
    while (is_taken(port) || !nat::proto::is_probeable(ip_endpoint::v4({192, 0, 2, 1}, port)));
    return port;
}

nat_box::mapping& nat_box::mapping_of(
    const ip_endpoint& from,
    const ip_endpoint& to,
    time_point now
) {
    const mapping_key key{from, scoped(to, how_.mapping)};
    const auto at = mappings_.find(key);
    if (at != mappings_.end() && is_alive(at->second.used, now)) return at->second;
    if (at != mappings_.end()) mappings_.erase(at);
    mapping made;
    made.port = how_.is_translating ? free_port(from.port) : from.port;
    return mappings_.emplace(key, std::move(made)).first->second;
}

std::optional<ip_endpoint> nat_box::send(
    const ip_endpoint& from,
    const ip_endpoint& to,
    time_point now
) {
    if (how_.blocks_udp) return std::nullopt;
    mapping& used = mapping_of(from, to, now);
    used.used = now;
    used.let_in[scoped(to, how_.filtering)] = now;
    if (!how_.is_translating) return from;
    ip_endpoint seen = outer_;
    seen.port = used.port;
    return seen;
}

std::optional<ip_endpoint> nat_box::receive(
    const ip_endpoint& from,
    const ip_endpoint& to,
    time_point now
) {
    if (how_.blocks_udp) return std::nullopt;
    // A firewall whose filter asks nothing is none.
    const bool is_open = !how_.is_translating && how_.filtering == nat_scope::endpoint_independent;
    if (is_open) return to;
    for (const auto& [key, one] : mappings_) {
        const bool is_meant = how_.is_translating ? one.port == to.port : key.inner == to;
        if (!is_meant || !is_alive(one.used, now)) continue;
        const auto let_in = one.let_in.find(scoped(from, how_.filtering));
        if (let_in != one.let_in.end() && is_alive(let_in->second, now)) return key.inner;
    }
    return std::nullopt;
}

}  // namespace meshhost::sim
