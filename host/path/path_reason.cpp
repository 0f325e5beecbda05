// SPDX-License-Identifier: Apache-2.0
#include "path/path_reason.hpp"

#include <algorithm>

namespace meshhost::path {

namespace {

/// RFC 1918 and RFC 6598 for IPv4, RFC 4193 for IPv6.
bool is_private(const ip_endpoint& remote) {
    const auto& bytes = remote.address;
    if (!remote.is_v4()) return (bytes[0] & 0xfe) == 0xfc;
    return bytes[0] == 10 || (bytes[0] == 172 && (bytes[1] & 0xf0) == 16)
           || (bytes[0] == 192 && bytes[1] == 168) || (bytes[0] == 100 && (bytes[1] & 0xc0) == 64);
}

}  // namespace

const char* to_string(path_reason reason) noexcept {
    switch (reason) {
    case path_reason::not_tried:
        return "not_tried";
    case path_reason::same_host:
        return "same_host";
    case path_reason::lan:
        return "lan";
    case path_reason::public_address:
        return "public";
    case path_reason::relayed:
        return "relayed";
    }
    return "not_tried";
}

path_reason classify(const ip_endpoint& remote, std::span<const ip_endpoint> own) {
    const bool ours = std::any_of(own.begin(), own.end(), [&](const ip_endpoint& address) {
        return address.family == remote.family && address.address == remote.address;
    });
    if (ours || remote.is_loopback()) return path_reason::same_host;
    const bool near = is_private(remote) || remote.is_link_local();
    return near ? path_reason::lan : path_reason::public_address;
}

}  // namespace meshhost::path
