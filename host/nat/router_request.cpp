// SPDX-License-Identifier: Apache-2.0
#include "nat/router_request.hpp"

#include <charconv>
#include <fstream>
#include <sstream>
#include <string>

namespace meshhost::nat {

namespace {

constexpr unsigned long flag_up = 0x1;       // RTF_UP
constexpr unsigned long flag_gateway = 0x2;  // RTF_GATEWAY

std::optional<std::uint32_t> read_hex(const std::string& text) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

/// proc(5), /proc/net/route: addresses are as they lie in memory.
std::optional<ip_endpoint> default_gateway() {
    std::ifstream table("/proc/net/route");
    std::string line;
    std::getline(table, line);  // the titles
    std::optional<ip_endpoint> best;
    long best_metric = 0;
    while (std::getline(table, line)) {
        std::istringstream fields(line);
        std::string device, destination, gateway, flags, references, uses, mask;
        long metric = 0;
        fields >> device >> destination >> gateway >> flags >> references >> uses >> metric >> mask;
        const auto to = read_hex(destination);
        const auto by = read_hex(gateway);
        const auto has = read_hex(flags);
        const auto all = read_hex(mask);
        if (!fields || to != 0u || all != 0u || !by || !has) continue;
        if ((*has & (flag_up | flag_gateway)) != (flag_up | flag_gateway)) continue;
        if (best && metric >= best_metric) continue;
        best_metric = metric;
        const auto byte = [&](unsigned at) { return static_cast<std::uint8_t>(*by >> (8 * at)); };
        best = ip_endpoint::v4({byte(0), byte(1), byte(2), byte(3)}, proto::pcp_port);
    }
    return best;
}

router_answer ask_router(const router_request& request, const ip_endpoint& gateway) {
    switch (request.protocol) {
    case proto::mapping_protocol::pcp:
        return ask_pcp(request, gateway);
    case proto::mapping_protocol::nat_pmp:
        return ask_nat_pmp(request, gateway);
    case proto::mapping_protocol::upnp:
        return ask_upnp(request, gateway);
    }
    return {request.number, proto::attempt_result::no_router, {}, {}};
}

}  // namespace meshhost::nat
