// SPDX-License-Identifier: Apache-2.0
#pragma once
// Peers that we lost ourselves, each held back for a moment: they may be back by then, and whoever
// loses all its neighbours in that moment was cut off or suspended itself and accuses nobody.
#include "base/time.hpp"
#include "identity/endpoint_id.hpp"
#include "peers/proto/config.hpp"
#include "peers/proto/node_digest.hpp"

#include <optional>
#include <string>
#include <vector>

namespace meshhost::peers::proto {

/// How a connection was lost.
enum class loss_kind : std::uint8_t {
    silence,  ///< nothing came any more: who is at fault, it or the way there or we, is not known
    refused,  ///< its host answered that nobody is there: we are not cut off
};

struct own_loss {
    identity::endpoint_id peer;
    digest_version version;  ///< the newest of the peer's when it was lost
    std::string words;       ///< how its own connection ended; empty: it was a neighbour in gossip
    loss_kind kind = loss_kind::silence;
    time_point at{};
    time_point not_before{};
    bool is_confirmed = false;  ///< others lost it, too: nothing to wait for
};

/// A machine's part. At most losses_max peers, each once. `patience`: see local_health.
class own_losses {
public:
    explicit own_losses(const config& options)
        : options_(options) {}

    /// False: the table is full. Of a peer that is held already the earlier time counts, the end
    /// of its connection as evidence, and what is more certain.
    bool add(const own_loss& loss);
    /// It lives.
    void forget(const identity::endpoint_id& peer);
    /// It says more than `version`: what was lost before that is refuted.
    void refute(const identity::endpoint_id& peer, const digest_version& version);
    /// There are neighbours again after none: nobody was lost but we. Who was thought to be.
    std::vector<identity::endpoint_id> forget_all();
    /// No neighbour is left: silence counts for nothing before `until`.
    void put_off(time_point until);

    /// nullptr: it is not held.
    const own_loss* find(const identity::endpoint_id& peer) const;
    /// The next one that stayed away: call until nullopt.
    std::optional<own_loss> take_due(time_point now, double patience);
    std::optional<time_point> next_deadline(double patience) const;

private:
    time_point due(const own_loss& loss, double patience) const;

    config options_;
    std::vector<own_loss> held_;
};

}  // namespace meshhost::peers::proto
