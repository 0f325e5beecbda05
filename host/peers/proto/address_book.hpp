// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where each peer may be found: what the operator wrote, what its digest says, where it was last
// seen. Hints, verified by nothing but a handshake; a stranger's are filtered.
#include "identity/endpoint_addr.hpp"
#include "peers/proto/config.hpp"

#include <map>
#include <optional>
#include <vector>

namespace meshhost::peers::proto {

/// Bounded by its user, who forgets what it drops; known_addresses_max addresses a peer.
class address_book {
public:
    /// What the operator wrote: taken as it is and kept. Adds to what was named before.
    void name(const identity::endpoint_addr& addr);
    /// What was named counts no more; what it says of itself stays.
    void unname(const identity::endpoint_id& peer);

    /// What the peer says of itself, in place of what it said before; no `relay`: an empty one.
    /// `seen_at` is where it is now: a peer that is not on this machine cannot send us to our own
    /// loopback.
    void learn(
        const identity::endpoint_id& peer,
        const std::vector<ip_endpoint>& addresses,
        const std::string& relay,
        const std::optional<ip_endpoint>& seen_at
    );

    void forget(const identity::endpoint_id& peer) { pages_.erase(peer); }

    /// Everything that may be tried, each address once; only the id when nothing is known.
    identity::endpoint_addr find(const identity::endpoint_id& peer) const;

    std::size_t size() const noexcept { return pages_.size(); }

private:
    struct page {
        std::vector<std::string> relays;  ///< named
        std::string relay;                ///< learnt
        std::vector<ip_endpoint> named;
        std::vector<ip_endpoint> learnt;
    };

    std::map<identity::endpoint_id, page> pages_;
};

}  // namespace meshhost::peers::proto
