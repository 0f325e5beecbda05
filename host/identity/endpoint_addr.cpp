// SPDX-License-Identifier: Apache-2.0
#include "identity/endpoint_addr.hpp"

#include "base/quote.hpp"
#include "identity/relay_url.hpp"

#include <algorithm>

namespace meshhost::identity {

namespace {

constexpr std::string_view ticket_prefix = "endpoint";

failure bad_peer(std::string cause) {
    return {
        .exit = exit_code::invalid,
        .code = "E_BAD_PEER",
        .message = "bad peer: " + std::move(cause),
        .hint = "write a ticket (\"endpoint...\"), or ID@ADDR with an IP address and a port: "
                "ID@192.0.2.7:4433 or ID@[2001:db8::1]:4433",
    };
}

template <class T>
void sort_unique(std::vector<T>& list) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
}

bool can_be_dialled(const ip_endpoint& address) noexcept {
    return address.port != 0 && !address.is_unspecified() && !address.is_multicast();
}

/// Reads "ADDR[,ADDR...]" into `addr`; one with "://" in it is a relay's URL.
outcome<endpoint_addr> with_addresses(endpoint_addr addr, std::string_view list) {
    for (std::size_t number = 1;; ++number) {
        const auto comma = list.find(',');
        const std::string_view text = list.substr(0, comma);
        const std::string which = "address " + std::to_string(number) + ", " + in_quotes(text);
        if (text.find("://") != std::string_view::npos) {
            const auto relay = normalise_relay_url(text);
            if (!relay) return bad_peer(which + ", is not a relay's URL");
            addr.relays.push_back(*relay);
        } else {
            const auto address = ip_endpoint::parse(text);
            if (!address) return bad_peer(which + ", is not IP:PORT");
            if (!can_be_dialled(*address)) return bad_peer(which + ", cannot be dialled");
            addr.direct.push_back(*address);
        }
        if (comma == std::string_view::npos) break;
        list.remove_prefix(comma + 1);
    }
    put_in_order(addr);
    if (addr.direct.size() + addr.relays.size() <= ticket_addresses_max) return addr;
    return bad_peer("more than " + std::to_string(ticket_addresses_max) + " addresses");
}

}  // namespace

void put_in_order(endpoint_addr& addr) {
    sort_unique(addr.relays);
    sort_unique(addr.direct);
}

outcome<endpoint_addr> parse_peer(std::string_view text) {
    const auto at = text.find('@');
    const std::string_view who = text.substr(0, at);
    const auto id = endpoint_id::parse(who);
    if (at == std::string_view::npos) {
        if (id) return endpoint_addr{.id = *id, .relays = {}, .direct = {}};
        if (text.starts_with(ticket_prefix)) return parse_ticket(text);
        return bad_peer(in_quotes(text) + " is neither a ticket nor an id nor ID@ADDR");
    }
    if (!id) return bad_peer(in_quotes(who) + ", before the @, is not an endpoint id");
    return with_addresses({.id = *id, .relays = {}, .direct = {}}, text.substr(at + 1));
}

}  // namespace meshhost::identity
