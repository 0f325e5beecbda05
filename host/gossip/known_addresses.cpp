// SPDX-License-Identifier: Apache-2.0
#include "gossip/known_addresses.hpp"

#include <algorithm>

namespace meshhost::gossip {

using identity::endpoint_id;

namespace {

/// Of one peer; more cannot be in a ticket either.
constexpr std::size_t addresses_of_peer_max = identity::ticket_addresses_max;

template <class T>
void append_new(std::vector<T>& to, const T& what) {
    const bool is_there = std::find(to.begin(), to.end(), what) != to.end();
    if (!is_there && to.size() < addresses_of_peer_max) to.push_back(what);
}

}  // namespace

bool known_addresses::name(const identity::endpoint_addr& addr) {
    entry* const known = add(addr.id);
    if (known == nullptr) return false;
    known->named.id = addr.id;
    for (const auto& relay : addr.relays)
        append_new(known->named.relays, relay);
    for (const auto& direct : addr.direct)
        append_new(known->named.direct, direct);
    return true;
}

void known_addresses::learn(
    const endpoint_id& peer,
    const proto::addr_info& where,
    time_point now
) {
    entry* const known = add(peer);
    if (known == nullptr) return;
    known->learnt = where;
    known->learnt_at = now;
}

identity::endpoint_addr known_addresses::find(const endpoint_id& peer, time_point now) const {
    const auto at = entries_.find(peer);
    if (at == entries_.end()) return {peer, {}, {}};
    const entry& known = at->second;
    identity::endpoint_addr found{peer, known.named.relays, known.named.direct};
    if (now - known.learnt_at > limits_.address_retention) return found;
    if (!known.learnt.relay.empty()) append_new(found.relays, known.learnt.relay);
    for (const auto& direct : known.learnt.direct)
        append_new(found.direct, direct);
    return found;
}

known_addresses::entry* known_addresses::add(const endpoint_id& peer) {
    const auto known = entries_.find(peer);
    if (known != entries_.end()) return &known->second;
    if (entries_.size() >= limits_.addresses) {
        auto victim = entries_.end();
        for (auto at = entries_.begin(); at != entries_.end(); ++at) {
            if (at->second.is_named()) continue;
            const bool is_older =
                victim == entries_.end() || at->second.learnt_at < victim->second.learnt_at;
            if (is_older) victim = at;
        }
        if (victim == entries_.end()) return nullptr;
        entries_.erase(victim);
    }
    return &entries_[peer];
}

}  // namespace meshhost::gossip
