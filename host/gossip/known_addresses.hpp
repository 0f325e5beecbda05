// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where peers may be dialled: what the user named, and, for a while, what PeerData said. The
// latter is unsigned and often second hand: hints, which the handshake alone proves.
#include "base/time.hpp"
#include "gossip/proto/addr_info.hpp"
#include "gossip/service_limits.hpp"
#include "identity/endpoint_addr.hpp"

#include <map>

namespace meshhost::gossip {

/// At most service_limits::addresses peers; the one that was heard of longest ago goes first,
/// named ones never. Pure.
class known_addresses {
public:
    explicit known_addresses(const service_limits& limits)
        : limits_(limits) {}

    /// Adds to what was named before, and is kept. False: no room.
    bool name(const identity::endpoint_addr& addr);
    /// In place of what was learnt before, for address_retention.
    void learn(const identity::endpoint_id& peer, const proto::addr_info& where, time_point now);

    /// Each address once, named ones first; only the id when nothing is known.
    identity::endpoint_addr find(const identity::endpoint_id& peer, time_point now) const;

    std::size_t size() const noexcept { return entries_.size(); }

private:
    struct entry {
        identity::endpoint_addr named;
        proto::addr_info learnt;
        time_point learnt_at{};

        bool is_named() const { return !named.direct.empty() || !named.relays.empty(); }
    };

    entry* add(const identity::endpoint_id& peer);

    service_limits limits_;
    std::map<identity::endpoint_id, entry> entries_;
};

}  // namespace meshhost::gossip
