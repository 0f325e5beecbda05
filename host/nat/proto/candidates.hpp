// SPDX-License-Identifier: Apache-2.0
#pragma once
// The addresses at which an endpoint may be reachable: worth probing, none of them proven.
#include "base/ip_endpoint.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace meshhost::nat::proto {

/// How an endpoint came to know an address of its own. On the wire (docs/wire/punch.md): values
/// are appended, never changed.
enum class candidate_kind : std::uint8_t {
    interface = 0,    ///< of a network interface
    reflexive = 1,    ///< as others see it from outside
    port_mapped = 2,  ///< forwarded by a router that was asked to
    told = 3,         ///< the operator says so
};
inline constexpr std::uint8_t candidate_kind_max = 3;

/// "port_mapped".
const char* to_string(candidate_kind kind) noexcept;

struct candidate {
    ip_endpoint address;
    candidate_kind kind = candidate_kind::interface;

    friend bool operator==(const candidate&, const candidate&) = default;
};

/// RFC 1918 and RFC 6598 (shared by the customers of a carrier) for IPv4, RFC 4193 for IPv6.
bool is_private(const ip_endpoint& address) noexcept;

/// What may be offered to another machine, and what is probed when another machine offers it: no
/// loopback, link-local, multicast, broadcast, unspecified or IPv4-mapped address, nothing
/// reserved, and no port whose service answers strangers with more than it was sent (DNS, NTP,
/// SSDP, …): a host whose NAT picks such a one for it, one time in ten thousand, is not punched.
/// Private addresses are fine: the two may share a network.
bool is_probeable(const ip_endpoint& address) noexcept;

/// A bounded set without duplicates, the most promising first: told, port-mapped, reflexive, then
/// those of interfaces, public before private; of equals the first added. A machine with a crowd of
/// virtual interfaces so loses some of those, never its public address.
class candidate_set {
public:
    static constexpr std::size_t size_max = 16;

    /// Adds, or gives the better kind to an address that is there. False when nothing changed:
    /// known, not probeable, or less promising than all of a full set.
    bool add(const candidate& what);
    bool remove(const ip_endpoint& address);
    void clear() noexcept { all_.clear(); }

    const candidate* find(const ip_endpoint& address) const noexcept;
    bool contains(const ip_endpoint& address) const noexcept { return find(address) != nullptr; }
    std::span<const candidate> all() const noexcept { return all_; }
    std::size_t size() const noexcept { return all_.size(); }
    bool empty() const noexcept { return all_.empty(); }

    /// Whether both hold the same, in whatever order.
    bool is_same_as(const candidate_set& other) const noexcept;

    friend bool operator==(const candidate_set&, const candidate_set&) = default;

private:
    std::vector<candidate> all_;  ///< in order of promise
};

/// One set out of several, as if added one by one.
candidate_set merged(std::span<const candidate_set> sets);

}  // namespace meshhost::nat::proto
