// SPDX-License-Identifier: Apache-2.0
#pragma once
// Peers that we lost ourselves, each held back for a moment: they may be back by then, and whoever
// loses all its neighbours in that moment was cut off or suspended itself and accuses nobody.
#include "base/time.hpp"
#include "identity/endpoint_id.hpp"
#include "peers/proto/node_digest.hpp"

#include <optional>
#include <string>
#include <vector>

namespace meshhost::peers::proto {

struct own_loss {
    identity::endpoint_id peer;
    digest_version version;  ///< the newest of the peer's when it was lost
    std::string evidence;    ///< how its own connection ended; empty: it was a neighbour in gossip
    time_point due{};
};

/// A machine's part. At most losses_max peers, each once.
class own_losses {
public:
    /// False: the table is full. Of a peer that is held already the earlier time counts, and the
    /// end of its connection as evidence.
    bool add(const own_loss& loss);
    /// It lives.
    void forget(const identity::endpoint_id& peer);
    /// There are neighbours again after none: nobody was lost but we.
    void forget_all() { held_.clear(); }
    /// No neighbour is left: none is due before `until`.
    void put_off(time_point until);

    /// The next one that stayed away: call until nullopt.
    std::optional<own_loss> take_due(time_point now);
    std::optional<time_point> next_deadline() const;

private:
    std::vector<own_loss> held_;
};

}  // namespace meshhost::peers::proto
