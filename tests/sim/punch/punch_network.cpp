// SPDX-License-Identifier: Apache-2.0
// What is between the two hosts: the boxes, and an internet that loses, delays and repeats.
#include "sim/punch/punch_world.hpp"

namespace meshhost::sim {

namespace {

constexpr duration lan_delay = 500us;

}  // namespace

std::optional<ip_endpoint> punch_world::address_of(host_index of, ip_family family) const {
    const host& one = hosts_[of];
    for (const ip_endpoint& address : sites_[one.site]->addresses(one.number, 5000))
        if (address.family == family) return address;
    return std::nullopt;
}

std::optional<punch_world::host_index> punch_world::host_at(
    std::size_t site,
    const ip_endpoint& address
) const {
    for (host_index i = 0; i < 2; ++i)
        if (hosts_[i].site == site && address_of(i, address.family) == address) return i;
    return std::nullopt;
}

void punch_world::send(host_index from, const ip_endpoint& to, const payload& what) {
    const std::size_t here = hosts_[from].site;
    const auto source = address_of(from, to.family);
    if (!source) return;
    punch_site& site = *sites_[here];
    if (site.is_inside(to)) {
        // Perhaps an address of another network that uses the same ones.
        const auto there = host_at(here, to);
        const bool is_cut = there && *there != from && schedule_.is_isolated;
        if (there && !is_cut) at(lan_delay, datagram_event{here, *source, to, what, true});
        return;
    }
    const auto way = site.send(*source, to, now_);
    if (!way.seen) return;
    if (way.turned) {
        at(lan_delay, datagram_event{here, *way.seen, *way.turned, what, true});
        return;
    }
    for (std::size_t there = 0; there < sites_.size(); ++there) {
        if (!sites_[there]->is_routed_here(to)) continue;
        carry({there, *way.seen, to, what, false}, delay_of(0) + delay_of(1));
        return;
    }
}

void punch_world::carry(datagram_event flight, duration delay) {
    const bool is_bad = !is_over(schedule_.faults_end);
    if (is_bad && random_.chance(schedule_.loss)) return;
    const auto jitter = static_cast<std::uint64_t>(schedule_.jitter.count());
    const auto jittered = [&] {
        return is_bad && jitter > 0 ? delay + duration(random_.below(jitter)) : delay;
    };
    if (is_bad && random_.chance(schedule_.duplication)) at(jittered(), flight);
    at(jittered(), std::move(flight));
}

/// As the server sees us; nullopt: no answer.
std::optional<ip_endpoint> punch_world::ask_stun(host_index of, std::uint8_t server) {
    const host& one = hosts_[of];
    const auto source = address_of(of, ip_family::v4);
    const bool is_lost = !is_over(schedule_.faults_end) && random_.chance(2 * schedule_.loss);
    if (!source || now_ < one.frozen_until || is_lost) return std::nullopt;
    const auto stun = ip_endpoint::v4({192, 0, 2, server}, 3478);
    return sites_[one.site]->send(*source, stun, now_).seen;
}

}  // namespace meshhost::sim
