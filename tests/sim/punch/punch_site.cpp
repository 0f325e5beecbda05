// SPDX-License-Identifier: Apache-2.0
#include "sim/punch/punch_site.hpp"

#include <algorithm>

namespace meshhost::sim {

namespace {

constexpr auto independent = nat_scope::endpoint_independent;
constexpr auto by_address = nat_scope::address;
constexpr auto by_port = nat_scope::address_and_port;

/// From the inside out.
std::vector<nat_behaviour> boxes_of(const site_plan& plan) {
    nat_behaviour nat;
    nat.keeps_port = plan.keeps_port;
    nat.hairpins = plan.hairpins;
    nat.lifetime = plan.lifetime;
    const auto box = [&](nat_scope mapping, nat_scope filtering) {
        nat_behaviour made = nat;
        made.mapping = mapping;
        // Else it would be predictable, which this is about being without.
        made.keeps_port = plan.keeps_port && mapping == independent;
        made.filtering = filtering;
        return made;
    };
    nat_behaviour wall = box(independent, by_port);
    wall.is_translating = false;
    nat_behaviour none = wall;
    none.filtering = independent;
    nat_behaviour blocked = box(by_port, by_port);
    blocked.blocks_udp = true;
    switch (plan.kind) {
    case site_kind::open:
        return {none};
    case site_kind::firewall:
        return {wall};
    case site_kind::full_cone:
        return {box(independent, independent)};
    case site_kind::address_restricted:
        return {box(independent, by_address)};
    case site_kind::port_restricted:
        return {box(independent, by_port)};
    case site_kind::symmetric_address:
        return {box(by_address, by_port)};
    case site_kind::symmetric:
        return {box(by_port, by_port)};
    case site_kind::double_cone:
        return {box(independent, by_port), box(independent, independent)};
    case site_kind::double_symmetric:
        return {box(independent, by_port), box(by_port, by_port)};
    case site_kind::udp_blocked:
        return {blocked};
    }
    return {none};
}

bool is_translated(site_kind kind) noexcept {
    return kind != site_kind::open && kind != site_kind::firewall;
}

/// What the boxes of a site come to together: the pickiest of each.
struct total {
    nat_scope mapping = independent;
    nat_scope filtering = independent;
    bool is_blocked = false;
};

total total_of(const site_plan& plan) {
    total all;
    for (const nat_behaviour& box : boxes_of(plan)) {
        all.mapping = std::max(all.mapping, box.mapping);
        all.filtering = std::max(all.filtering, box.filtering);
    }
    return all;
}

bool can_meet(const total& a, const total& b) noexcept {
    const bool is_fixed_a = a.mapping == independent;
    const bool is_fixed_b = b.mapping == independent;
    if (is_fixed_a && is_fixed_b) return true;
    // Whoever is seen at another port than it says must be let in by address, or unasked.
    if (is_fixed_a) return a.filtering != by_port;
    if (is_fixed_b) return b.filtering != by_port;
    return false;
}

}  // namespace

const char* to_string(site_kind kind) noexcept {
    switch (kind) {
    case site_kind::open:
        return "open";
    case site_kind::firewall:
        return "firewall";
    case site_kind::full_cone:
        return "full_cone";
    case site_kind::address_restricted:
        return "address_restricted";
    case site_kind::port_restricted:
        return "port_restricted";
    case site_kind::symmetric_address:
        return "symmetric_address";
    case site_kind::symmetric:
        return "symmetric";
    case site_kind::double_cone:
        return "double_cone";
    case site_kind::double_symmetric:
        return "double_symmetric";
    case site_kind::udp_blocked:
        return "udp_blocked";
    }
    return "open";
}

punch_site::punch_site(
    const site_plan& plan,
    std::uint8_t number,
    std::uint8_t lan,
    std::uint64_t seed
)
    : plan_(plan)
    , number_(number)
    , lan_(lan) {
    const auto made = boxes_of(plan);
    for (std::size_t i = 0; i < made.size(); ++i) {
        const bool is_last = i + 1 == made.size();
        const auto outer = is_last ? ip_endpoint::v4({203, 0, 113, number}, 0)
                                   : ip_endpoint::v4({100, 64, number, 2}, 0);
        v4_.emplace_back(made[i], outer, seed * 8 + i);
    }
    nat_behaviour wall;
    wall.is_translating = false;
    wall.lifetime = plan.lifetime;
    wall.blocks_udp = plan.kind == site_kind::udp_blocked;
    v6_.emplace_back(wall, ip_endpoint::any_v6(0), seed * 8 + 7);
}

std::vector<ip_endpoint> punch_site::addresses(std::uint8_t host, std::uint16_t port) const {
    std::vector<ip_endpoint> all;
    if (plan_.has_v4) {
        all.push_back(
            is_translated(plan_.kind) ? ip_endpoint::v4({192, 168, lan_, host}, port)
                                      : ip_endpoint::v4({198, 18, number_, host}, port)
        );
    }
    if (plan_.has_v6) {
        all.push_back(ip_endpoint::v6(
            {0x20, 0x01, 0x0d, 0xb8, 0, number_, 0, 0, 0, 0, 0, 0, 0, 0, 0, host},
            port
        ));
    }
    return all;
}

bool punch_site::is_inside(const ip_endpoint& address) const noexcept {
    for (const ip_endpoint& one : addresses(0, 0)) {
        const auto prefix = one.is_v4() ? 3 : 15;
        const bool same =
            std::equal(one.address.begin(), one.address.begin() + prefix, address.address.begin());
        if (one.family == address.family && same) return true;
    }
    return false;
}

punch_site::way_out punch_site::send(
    const ip_endpoint& from,
    const ip_endpoint& to,
    time_point now
) {
    ip_endpoint source = from;
    auto& chain = boxes(to);
    for (std::size_t i = 0; i < chain.size(); ++i) {
        const auto seen = chain[i].send(source, to, now);
        if (!seen) return {};
        source = *seen;
        if (!chain[i].has_address(to)) continue;
        // To the box's own outer address: back inside, if it does that.
        if (!chain[i].behaviour().hairpins) return {};
        std::optional<ip_endpoint> inner = to;
        for (std::size_t back = i + 1; back-- > 0 && inner;)
            inner = chain[back].receive(source, *inner, now);
        return inner ? way_out{source, inner} : way_out{};
    }
    return {source, std::nullopt};
}

std::optional<ip_endpoint> punch_site::receive(
    const ip_endpoint& from,
    const ip_endpoint& to,
    time_point now
) {
    std::optional<ip_endpoint> inner = to;
    auto& chain = boxes(to);
    for (std::size_t i = chain.size(); i-- > 0 && inner;)
        inner = chain[i].receive(from, *inner, now);
    return inner;
}

bool punch_site::is_routed_here(const ip_endpoint& address) const noexcept {
    if (address.is_v4() && v4_.back().has_address(address)) return true;
    const bool is_public = !address.is_v4() || !is_translated(plan_.kind);
    return is_public && is_inside(address);
}

void punch_site::rebind(bool to_other_address) {
    for (nat_box& box : v4_)
        box.forget();
    v6_.back().forget();
    if (!to_other_address || !is_translated(plan_.kind)) return;
    ++rebinds_;
    v4_.back().set_address(ip_endpoint::v4({203, 0, rebinds_, number_}, 0));
}

void punch_site::set_blocked(bool blocked) {
    v4_.back().set_blocked(blocked);
    v6_.back().set_blocked(blocked);
}

bool punch_site::is_blocked() const noexcept {
    return v6_.back().behaviour().blocks_udp;
}

bool permits_direct(const punch_site& a, const punch_site& b) noexcept {
    if (a.is_blocked() || b.is_blocked()) return false;
    if (a.plan().has_v6 && b.plan().has_v6) return true;
    if (!a.plan().has_v4 || !b.plan().has_v4) return false;
    return can_meet(total_of(a.plan()), total_of(b.plan()));
}

bool permits_direct_inside(const punch_site& site, bool is_isolated) noexcept {
    if (!is_isolated) return true;
    if (site.is_blocked() || !site.plan().has_v4) return false;
    const total all = total_of(site.plan());
    return is_translated(site.plan().kind) && site.plan().hairpins && can_meet(all, all);
}

}  // namespace meshhost::sim
