// SPDX-License-Identifier: Apache-2.0
#include "config/bind_endpoints.hpp"

namespace meshhost::config {

std::optional<ip_endpoint> parse_address(std::string_view text, std::uint16_t port) {
    const std::string host(text);
    const std::string suffix = ":" + std::to_string(port);
    if (const auto v4 = ip_endpoint::parse(host + suffix); v4 && v4->is_v4()) return v4;
    return ip_endpoint::parse("[" + host + "]" + suffix);
}

std::vector<ip_endpoint> bind_endpoints(const net_config& net) {
    if (net.bind.empty() && net.port == 0) return {};
    if (net.bind.empty()) return {ip_endpoint::any_v4(net.port), ip_endpoint::any_v6(net.port)};
    std::vector<ip_endpoint> endpoints;
    for (const std::string& text : net.bind) {
        if (const auto endpoint = parse_address(text, net.port)) endpoints.push_back(*endpoint);
    }
    return endpoints;
}

}  // namespace meshhost::config
