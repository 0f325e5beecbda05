// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which peer to dial when: exponential back-off with jitter a peer, few dials at once, peers that
// the operator named before those that we merely heard of. Knows no addresses and no connections.
#include "base/backoff.hpp"
#include "base/prng.hpp"
#include "base/time.hpp"
#include "identity/endpoint_id.hpp"
#include "peers/proto/config.hpp"

#include <cstddef>
#include <map>
#include <optional>

namespace meshhost::peers::proto {

enum class dial_priority : std::uint8_t { named, learnt };

/// A machine. A target is waiting (due at some time), in flight (taken, not yet answered for),
/// or held (connected: not to be dialled). Bounded by its user, who forgets what it drops.
class dial_schedule {
public:
    /// `self` is never a target.
    dial_schedule(const identity::endpoint_id& self, const config& options, prng random);

    /// Adds a target, due at once; or raises the priority of one that is there.
    void want(const identity::endpoint_id& peer, dial_priority priority, time_point now);
    void forget(const identity::endpoint_id& peer);

    /// There is a connection: no dial until lost(). A dial in flight stays in flight.
    void hold(const identity::endpoint_id& peer);
    /// The connection proved good: the next back-off starts from the beginning.
    void reset_backoff(const identity::endpoint_id& peer);
    /// The last connection is gone: due after a back-off.
    void lost(const identity::endpoint_id& peer, time_point now);
    /// There is reason to believe that a dial would do better now: due at once, if waiting.
    void wake(const identity::endpoint_id& peer, time_point now);

    /// The dial of a taken target ended without a connection: due after a back-off, if not held.
    void failed(const identity::endpoint_id& peer, time_point now);
    /// The dial of a taken target ended with a connection: held from now on.
    void connected(const identity::endpoint_id& peer);

    /// The target to dial now, which is in flight from then on; nullopt: none is due, or enough
    /// are in flight.
    std::optional<identity::endpoint_id> take_due(time_point now);

    /// When take_due() has the next; nullopt while it waits for an answer instead.
    std::optional<time_point> next_deadline() const;
    /// When `peer` is due; nullopt when it is not waiting.
    std::optional<time_point> due(const identity::endpoint_id& peer) const;

    std::size_t size() const noexcept { return targets_.size(); }
    std::size_t in_flight() const noexcept { return in_flight_; }

    void check_invariants() const;

private:
    struct target {
        dial_priority priority;
        backoff wait;
        time_point due;
        bool in_flight = false;
        bool held = false;

        bool waiting() const noexcept { return !in_flight && !held; }
    };
    using target_map = std::map<identity::endpoint_id, target>;

    target* find(const identity::endpoint_id& peer);
    void land(target& of);

    identity::endpoint_id self_;
    config options_;
    prng random_;
    target_map targets_;
    std::size_t in_flight_ = 0;
};

}  // namespace meshhost::peers::proto
