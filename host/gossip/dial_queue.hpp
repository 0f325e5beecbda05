// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which peer may be dialled when: few at once, each with a back-off of its own that outlives what
// was to be sent to it. Knows no connections; pure.
#include "base/backoff.hpp"
#include "gossip/service_limits.hpp"
#include "identity/endpoint_id.hpp"

#include <map>
#include <optional>

namespace meshhost::gossip {

/// A peer is resting (it failed before, and nobody wants it now), waiting (wanted, due at some
/// time) or in flight, once at most. At most dials_remembered; when full, the one that rests
/// longest goes.
class dial_queue {
public:
    dial_queue(const service_limits& limits, prng random)
        : limits_(limits)
        , random_(random) {}

    /// `is_urgent`: it waits for redial_urgent_cap at most, however often it failed. False: full
    /// of peers that are wanted.
    bool want(const identity::endpoint_id& peer, time_point now, bool is_urgent = false);
    /// The peer to dial now, in flight from then on until answered() or failed(): call until
    /// nullopt.
    std::optional<identity::endpoint_id> take_due(time_point now);
    /// The dial became a connection.
    void answered(const identity::endpoint_id& peer);
    /// The dial ended without one.
    void failed(const identity::endpoint_id& peer, time_point now);
    /// There is a link, whoever dialled: nothing to wait for, nothing to remember. A dial in
    /// flight goes on, and counts until its own end.
    void linked(const identity::endpoint_id& peer);

    std::optional<time_point> next_deadline() const;

    std::size_t size() const noexcept { return entries_.size(); }
    std::size_t in_flight() const noexcept { return in_flight_; }

private:
    enum class phase : std::uint8_t { resting, waiting, in_flight };
    struct entry {
        backoff wait;
        time_point due;
        phase where = phase::waiting;
        bool is_wanted = true;  ///< of one in flight: what it fails at is remembered
    };

    bool make_room();

    service_limits limits_;
    prng random_;
    std::map<identity::endpoint_id, entry> entries_;
    std::size_t in_flight_ = 0;
};

}  // namespace meshhost::gossip
