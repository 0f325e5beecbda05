// SPDX-License-Identifier: Apache-2.0
#pragma once
// A NAT, or a stateful firewall, for UDP: RFC 4787's behaviours, on a virtual clock.
#include "base/ip_endpoint.hpp"
#include "base/prng.hpp"
#include "base/time.hpp"

#include <map>
#include <optional>

namespace meshhost::sim {

/// What a mapping, or a filter, depends on besides the inner address (RFC 4787 §4.1, §5).
enum class nat_scope : std::uint8_t { endpoint_independent, address, address_and_port };

struct nat_behaviour {
    bool is_translating = true;  ///< false: a firewall
    nat_scope mapping = nat_scope::endpoint_independent;
    nat_scope filtering = nat_scope::address_and_port;
    bool keeps_port = false;  ///< where it is free
    bool hairpins = false;
    bool blocks_udp = false;
    duration lifetime = 30s;  ///< of a mapping that nothing inside uses
};

class nat_box {
public:
    /// `outer`: its address; the port is ignored.
    nat_box(const nat_behaviour& how, const ip_endpoint& outer, std::uint64_t seed)
        : how_(how)
        , outer_(outer)
        , random_(seed) {}

    const nat_behaviour& behaviour() const noexcept { return how_; }

    /// A datagram on its way out: what its source becomes. nullopt: dropped.
    std::optional<ip_endpoint> send(const ip_endpoint& from, const ip_endpoint& to, time_point now);
    /// A datagram from outside, to `to`: whom it reaches inside. nullopt: dropped.
    std::optional<ip_endpoint> receive(
        const ip_endpoint& from,
        const ip_endpoint& to,
        time_point now
    );
    /// Whether `address` is the box's own, outside.
    bool has_address(const ip_endpoint& address) const noexcept;

    /// As after a reboot, at another address perhaps.
    void forget() { mappings_.clear(); }
    void set_address(const ip_endpoint& outer) noexcept { outer_ = outer; }
    void set_blocked(bool blocked) noexcept { how_.blocks_udp = blocked; }

private:
    /// Who inside, and towards whom, as far as the mapping depends on it.
    struct mapping_key {
        ip_endpoint inner;
        ip_endpoint towards;
        friend auto operator<=>(const mapping_key&, const mapping_key&) = default;
    };
    struct mapping {
        std::uint16_t port = 0;
        time_point used{};
        std::map<ip_endpoint, time_point> let_in;
    };

    mapping& mapping_of(const ip_endpoint& from, const ip_endpoint& to, time_point now);
    std::uint16_t free_port(std::uint16_t wanted);
    bool is_alive(time_point used, time_point now) const noexcept {
        return now - used <= how_.lifetime;
    }

    nat_behaviour how_;
    ip_endpoint outer_;
    prng random_;
    std::map<mapping_key, mapping> mappings_;
};

}  // namespace meshhost::sim
