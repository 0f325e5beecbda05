// SPDX-License-Identifier: Apache-2.0
#pragma once
// [net] bind and port, put together as the transport wants them.
#include "base/ip_endpoint.hpp"
#include "config/host_config.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace meshhost::config {

/// Reads "192.0.2.7" or "2001:db8::7", without brackets; nullopt for anything else.
std::optional<ip_endpoint> parse_address(std::string_view text, std::uint16_t port);

/// Each address of `bind` with the port; for an empty `bind` both wildcards, IPv4 first. None when
/// neither is set: the transport then takes what the machine has, and one port for both.
/// Precondition: the loader has accepted `net`.
std::vector<ip_endpoint> bind_endpoints(const net_config& net);

}  // namespace meshhost::config
