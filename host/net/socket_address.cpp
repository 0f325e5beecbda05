// SPDX-License-Identifier: Apache-2.0
#include "net/socket_address.hpp"

#include <algorithm>
#include <cstring>

namespace meshhost::net {

socket_address::socket_address(const ip_endpoint& endpoint) noexcept {
    if (endpoint.is_v4()) {
        address_.v4 = {};
        address_.v4.sin_family = AF_INET;
        address_.v4.sin_port = htons(endpoint.port);
        std::memcpy(&address_.v4.sin_addr, endpoint.address.data(), sizeof address_.v4.sin_addr);
    } else {
        address_.v6.sin6_family = AF_INET6;
        address_.v6.sin6_port = htons(endpoint.port);
        std::memcpy(&address_.v6.sin6_addr, endpoint.address.data(), sizeof address_.v6.sin6_addr);
    }
}

socklen_t socket_address::size() const noexcept {
    return address_.any.sa_family == AF_INET ? sizeof address_.v4 : sizeof address_.v6;
}

std::optional<ip_endpoint> socket_address::endpoint() const noexcept {
    return to_endpoint(data());
}

std::optional<ip_endpoint> to_endpoint(const sockaddr* address) noexcept {
    if (address == nullptr) return std::nullopt;
    ip_endpoint endpoint;
    if (address->sa_family == AF_INET) {
        sockaddr_in v4;
        std::memcpy(&v4, address, sizeof v4);
        endpoint.family = ip_family::v4;
        endpoint.port = ntohs(v4.sin_port);
        std::memcpy(endpoint.address.data(), &v4.sin_addr, sizeof v4.sin_addr);
        return endpoint;
    }
    if (address->sa_family == AF_INET6) {
        sockaddr_in6 v6;
        std::memcpy(&v6, address, sizeof v6);
        endpoint.family = ip_family::v6;
        endpoint.port = ntohs(v6.sin6_port);
        std::memcpy(endpoint.address.data(), &v6.sin6_addr, sizeof v6.sin6_addr);
        return endpoint;
    }
    return std::nullopt;
}

}  // namespace meshhost::net
