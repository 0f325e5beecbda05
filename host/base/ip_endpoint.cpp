// SPDX-License-Identifier: Apache-2.0
#include "base/ip_endpoint.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace meshhost {

ip_endpoint ip_endpoint::v4(std::array<std::uint8_t, 4> address, std::uint16_t port) noexcept {
    ip_endpoint endpoint{.family = ip_family::v4, .port = port};
    std::copy(address.begin(), address.end(), endpoint.address.begin());
    return endpoint;
}

ip_endpoint ip_endpoint::v6(std::array<std::uint8_t, 16> address, std::uint16_t port) noexcept {
    return {.family = ip_family::v6, .address = address, .port = port};
}

bool ip_endpoint::is_unspecified() const noexcept {
    return std::all_of(address.begin(), address.end(), [](auto byte) { return byte == 0; });
}

bool ip_endpoint::is_loopback() const noexcept {
    if (is_v4()) return address[0] == 127;
    return std::all_of(address.begin(), address.end() - 1, [](auto byte) { return byte == 0; })
           && address[15] == 1;
}

bool ip_endpoint::is_multicast() const noexcept {
    if (!is_v4()) return address[0] == 0xff;
    const bool broadcast =
        std::all_of(address.begin(), address.begin() + 4, [](auto byte) { return byte == 255; });
    return broadcast || (address[0] & 0xf0) == 0xe0;
}

bool ip_endpoint::is_link_local() const noexcept {
    if (is_v4()) return address[0] == 169 && address[1] == 254;
    return address[0] == 0xfe && (address[1] & 0xc0) == 0x80;
}

std::string ip_endpoint::to_string() const {
    char text[INET6_ADDRSTRLEN] = {};
    ::inet_ntop(is_v4() ? AF_INET : AF_INET6, address.data(), text, sizeof text);
    std::string const digits = std::to_string(port);
    return is_v4() ? std::string(text) + ":" + digits : "[" + std::string(text) + "]:" + digits;
}

std::optional<ip_endpoint> ip_endpoint::parse(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    std::string_view host = text.substr(0, colon);
    std::string_view const digits = text.substr(colon + 1);
    ip_endpoint endpoint;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), endpoint.port);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    endpoint.family = bracketed ? ip_family::v6 : ip_family::v4;
    const int af = bracketed ? AF_INET6 : AF_INET;
    if (::inet_pton(af, std::string(host).c_str(), endpoint.address.data()) != 1) {
        return std::nullopt;
    }
    return endpoint;
}

}  // namespace meshhost
