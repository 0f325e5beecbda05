// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where a host may be: behind which boxes, with which addresses; and whether two such hosts can be
// connected directly at all.
#include "sim/punch/nat_box.hpp"

#include <memory>
#include <vector>

namespace meshhost::sim {

enum class site_kind : std::uint8_t {
    open,
    firewall,
    full_cone,
    address_restricted,
    port_restricted,
    symmetric_address,
    symmetric,
    double_cone,       ///< a port-restricted home router behind a full cone of the carrier
    double_symmetric,  ///< … behind a symmetric one
    udp_blocked,
};
inline constexpr std::uint64_t site_kinds = 10;
const char* to_string(site_kind kind) noexcept;

struct site_plan {
    site_kind kind = site_kind::open;
    bool has_v6 = false;  ///< too, behind a stateful firewall
    bool has_v4 = true;
    bool keeps_port = false;
    bool hairpins = false;
    duration lifetime = 30s;
};

/// One network with one uplink: its boxes from the inside out. Hosts in it are told apart by the
/// last byte of their addresses.
class punch_site {
public:
    /// `number`: of the site, in its public addresses.
    punch_site(const site_plan& plan, std::uint8_t number, std::uint8_t lan, std::uint64_t seed);

    const site_plan& plan() const noexcept { return plan_; }
    /// Interface addresses of a host.
    std::vector<ip_endpoint> addresses(std::uint8_t host, std::uint16_t port) const;
    bool is_inside(const ip_endpoint& address) const noexcept;

    /// Out to the internet: the source as `seen` there; nullopt: dropped. `turned`: it never
    /// leaves, a box gives it back to this address inside (hairpin).
    struct way_out {
        std::optional<ip_endpoint> seen;
        std::optional<ip_endpoint> turned;
    };
    way_out send(const ip_endpoint& from, const ip_endpoint& to, time_point now);
    /// From the internet: whom it reaches.
    std::optional<ip_endpoint> receive(
        const ip_endpoint& from,
        const ip_endpoint& to,
        time_point now
    );
    /// Whether the internet routes `address` here.
    bool is_routed_here(const ip_endpoint& address) const noexcept;

    /// The outermost box loses its mappings, and its address if there is another.
    void rebind(bool to_other_address);
    void set_blocked(bool blocked);
    bool is_blocked() const noexcept;

private:
    std::vector<nat_box>& boxes(const ip_endpoint& of) { return of.is_v4() ? v4_ : v6_; }

    site_plan plan_;
    std::uint8_t number_;
    std::uint8_t lan_;
    std::uint8_t rebinds_ = 0;
    std::vector<nat_box> v4_;
    std::vector<nat_box> v6_;
};

/// Whether hosts at these two, different sites can be connected without predicting ports.
bool permits_direct(const punch_site& a, const punch_site& b) noexcept;
/// … at one site: over its network, or back from its router.
bool permits_direct_inside(const punch_site& site, bool is_isolated) noexcept;

}  // namespace meshhost::sim
