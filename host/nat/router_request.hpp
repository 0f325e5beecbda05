// SPDX-License-Identifier: Apache-2.0
#pragma once
// One request to the router for one forwarded UDP port, by each protocol. Every call blocks for up
// to some seconds: not for the shard's thread.
#include "base/ip_endpoint.hpp"
#include "nat/proto/pcp_message.hpp"
#include "nat/proto/port_mapper.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace meshhost::nat {

struct router_request {
    std::uint64_t number = 0;
    proto::mapping_protocol protocol = proto::mapping_protocol::pcp;
    std::uint16_t inner_port = 0;
    std::optional<ip_endpoint> wanted;  ///< the outer address that it had
    std::chrono::seconds lifetime{};    ///< 0: forget it
    proto::pcp_nonce nonce{};
};

struct router_answer {
    std::uint64_t number = 0;
    proto::attempt_result result = proto::attempt_result::no_router;
    ip_endpoint outer;
    std::chrono::seconds lifetime{};
};

/// The IPv4 router that the default route goes by, with the port of PCP; nullopt: there is none.
std::optional<ip_endpoint> default_gateway();

/// RFC 6887, by proto/pcp_message.
router_answer ask_pcp(const router_request& request, const ip_endpoint& gateway);
/// RFC 6886, by libnatpmp; always to pcp_port.
router_answer ask_nat_pmp(const router_request& request, const ip_endpoint& gateway);
/// UPnP IGD, by libminiupnpc. Only a device at the gateway's own address is asked: others on the
/// network could name any address.
router_answer ask_upnp(const router_request& request, const ip_endpoint& gateway);

/// By the protocol that the request names.
router_answer ask_router(const router_request& request, const ip_endpoint& gateway);

}  // namespace meshhost::nat
