// SPDX-License-Identifier: Apache-2.0
#include "quic/mapped_addr.hpp"

#include <cstring>

namespace meshhost::quic {

namespace {

// fd6d:6573:6801:<side>::<64-bit path id>; "mesh" in the global id, chosen once.
constexpr std::uint8_t prefix[8] = {0xfd, 0x6d, 0x65, 0x73, 0x68, 0x01, 0x00, 0x00};
constexpr std::size_t side_at = 7;
constexpr std::size_t id_at = 8;
constexpr std::uint8_t local_side = 0;
constexpr std::uint8_t remote_side = 1;
constexpr std::uint16_t mapped_port = 12345;

sockaddr_in6 mapped(path_id id, std::uint8_t side) noexcept {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(mapped_port);
    auto* const bytes = address.sin6_addr.s6_addr;
    std::memcpy(bytes, prefix, sizeof prefix);
    bytes[side_at] = side;
    std::memcpy(bytes + id_at, &id.value, sizeof id.value);
    return address;
}

}  // namespace

mapped_path::mapped_path(path_id id) noexcept
    : local_(mapped(id, local_side))
    , remote_(mapped(id, remote_side)) {
    path_.local = {reinterpret_cast<ngtcp2_sockaddr*>(&local_), sizeof local_};
    path_.remote = {reinterpret_cast<ngtcp2_sockaddr*>(&remote_), sizeof remote_};
}

path_id path_id_of(const ngtcp2_path& path) noexcept {
    if (path.remote.addrlen != sizeof(sockaddr_in6)) return {};
    const auto* const bytes =
        reinterpret_cast<const sockaddr_in6*>(path.remote.addr)->sin6_addr.s6_addr;
    path_id id;
    std::memcpy(&id.value, bytes + id_at, sizeof id.value);
    return id;
}

}  // namespace meshhost::quic
