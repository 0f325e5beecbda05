// SPDX-License-Identifier: Apache-2.0
#pragma once
// An IP address and a port as a plain value: no sockets, no Asio.
#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace meshhost {

enum class ip_family : std::uint8_t { v4 = 4, v6 = 6 };

/// Orders IPv4 before IPv6, then by address, then by port (the order of tickets).
struct ip_endpoint {
    ip_family family = ip_family::v4;
    std::array<std::uint8_t, 16> address{};  ///< network order; IPv4 uses the first four bytes
    std::uint16_t port = 0;                  ///< host order

    friend auto operator<=>(const ip_endpoint&, const ip_endpoint&) = default;

    static ip_endpoint v4(std::array<std::uint8_t, 4> address, std::uint16_t port) noexcept;
    static ip_endpoint v6(std::array<std::uint8_t, 16> address, std::uint16_t port) noexcept;
    static ip_endpoint any_v4(std::uint16_t port) noexcept { return v4({}, port); }
    static ip_endpoint any_v6(std::uint16_t port) noexcept { return v6({}, port); }
    static ip_endpoint loopback_v4(std::uint16_t port) noexcept { return v4({127, 0, 0, 1}, port); }

    bool is_v4() const noexcept { return family == ip_family::v4; }
    bool is_unspecified() const noexcept;
    bool is_loopback() const noexcept;
    bool is_multicast() const noexcept;  ///< also IPv4 broadcast
    bool is_link_local() const noexcept;

    /// "192.0.2.7:4433" or "[2001:db8::1]:4433".
    std::string to_string() const;

    /// Reads what to_string() writes. The port is required. nullopt for anything else.
    static std::optional<ip_endpoint> parse(std::string_view text);
};

}  // namespace meshhost

template <>
struct std::hash<meshhost::ip_endpoint> {
    std::size_t operator()(const meshhost::ip_endpoint& endpoint) const noexcept {
        std::string_view const bytes(
            reinterpret_cast<const char*>(endpoint.address.data()),
            endpoint.address.size()
        );
        return std::hash<std::string_view>{}(bytes)*31 + endpoint.port;
    }
};
