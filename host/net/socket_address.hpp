// SPDX-License-Identifier: Apache-2.0
#pragma once
// An ip_endpoint as the kernel writes it: sockaddr_in or sockaddr_in6, without scope or flow.
#include "base/ip_endpoint.hpp"

#include <netinet/in.h>

#include <optional>

namespace meshhost::net {

/// A plain value; size() says how much of it the family uses.
class socket_address {
public:
    static constexpr socklen_t size_max = sizeof(sockaddr_in6);

    socket_address() noexcept = default;
    explicit socket_address(const ip_endpoint& endpoint) noexcept;

    sockaddr* data() noexcept { return &address_.any; }
    const sockaddr* data() const noexcept { return &address_.any; }
    socklen_t size() const noexcept;

    /// nullopt for a family that is neither IPv4 nor IPv6.
    std::optional<ip_endpoint> endpoint() const noexcept;

private:
    union {
        sockaddr_in6 v6{};
        sockaddr_in v4;
        sockaddr any;
    } address_;
};

/// The same for an address that the kernel handed out; nullopt also for nullptr.
std::optional<ip_endpoint> to_endpoint(const sockaddr* address) noexcept;

}  // namespace meshhost::net
