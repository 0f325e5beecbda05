// SPDX-License-Identifier: Apache-2.0
#include "peers/proto/address_book.hpp"

#include <algorithm>

namespace meshhost::peers::proto {

namespace {

template <class Item>
void add_once(std::vector<Item>& items, const Item& item) {
    const bool is_known = std::find(items.begin(), items.end(), item) != items.end();
    if (!is_known && items.size() < known_addresses_max) items.push_back(item);
}

}  // namespace

void address_book::name(const identity::endpoint_addr& addr) {
    page& known = pages_[addr.id];
    for (const auto& relay : addr.relays)
        add_once(known.relays, relay);
    for (const auto& address : addr.direct)
        add_once(known.named, address);
}

void address_book::unname(const identity::endpoint_id& peer) {
    const auto known = pages_.find(peer);
    if (known == pages_.end()) return;
    known->second.relays.clear();
    known->second.named.clear();
}

void address_book::learn(
    const identity::endpoint_id& peer,
    const std::vector<ip_endpoint>& addresses,
    const std::string& relay,
    const std::optional<ip_endpoint>& seen_at
) {
    const bool is_here = seen_at && seen_at->is_loopback();
    page& known = pages_[peer];
    known.relay = relay;
    known.learnt.clear();
    if (seen_at) known.learnt.push_back(*seen_at);
    for (const auto& address : addresses)
        if (is_here || !address.is_loopback()) add_once(known.learnt, address);
}

identity::endpoint_addr address_book::find(const identity::endpoint_id& peer) const {
    identity::endpoint_addr found{peer, {}, {}};
    const auto at = pages_.find(peer);
    if (at == pages_.end()) return found;
    found.relays = at->second.relays;
    if (!at->second.relay.empty()) add_once(found.relays, at->second.relay);
    found.direct = at->second.named;
    for (const auto& address : at->second.learnt)
        add_once(found.direct, address);
    return found;
}

}  // namespace meshhost::peers::proto
