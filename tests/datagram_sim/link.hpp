// SPDX-License-Identifier: Apache-2.0
#pragma once
// One direction of a network between two endpoints, on a virtual clock: delay, jitter, loss,
// duplication, a rate with a queue, an MTU. What happens to the n-th datagram depends on the seed
// and on n alone, never on its bytes: those are random, because GnuTLS draws its own keys.
#include "base/bytes.hpp"
#include "base/prng.hpp"
#include "base/time.hpp"

#include <map>
#include <optional>

namespace meshhost::sim {

struct link_profile {
    duration delay = 10ms;
    duration jitter{};  ///< added, uniform in [0, jitter): reorders once above the spacing
    double loss = 0;    ///< probability
    double duplication = 0;
    std::uint64_t bytes_per_second = 0;  ///< 0: no limit
    std::size_t queue_bytes_max = 64 * 1024;
    std::size_t mtu = 1452;  ///< UDP payload bytes; longer datagrams vanish
    bool up = true;
};

struct link_counters {
    std::uint64_t offered = 0;
    std::uint64_t bytes_offered = 0;
    std::uint64_t lost = 0;
    std::uint64_t duplicated = 0;
    std::uint64_t queue_full = 0;
    std::uint64_t too_long = 0;
};

struct datagram {
    byte_buffer bytes;
    std::uint8_t ecn = 0;
};

/// Owned by quic_pair; one thread; holds no more than was sent and has not arrived.
class link {
public:
    link(const link_profile& profile, std::uint64_t seed)
        : profile_(profile)
        , random_(seed) {}

    void send(bytes_view bytes, std::uint8_t ecn, time_point now);

    /// When the next datagram is there; no_deadline when none is under way.
    time_point next_arrival() const noexcept;
    /// The next datagram that is there by `now`, or nothing.
    std::optional<datagram> receive(time_point now);

    /// From the next datagram on.
    void set_profile(const link_profile& profile) noexcept { profile_ = profile; }
    const link_profile& profile() const noexcept { return profile_; }
    const link_counters& counters() const noexcept { return counters_; }

private:
    void carry(bytes_view bytes, std::uint8_t ecn, time_point at);

    link_profile profile_;
    prng random_;
    time_point free_at_{};  ///< when the last queued byte has left
    std::multimap<time_point, datagram> under_way_;
    link_counters counters_;
};

}  // namespace meshhost::sim
