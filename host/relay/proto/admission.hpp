// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which connections a relay takes at all, before anything is read from them: how many, how many of
// one network, how many that have not said who they are, and how many a second.
#include "base/ip_endpoint.hpp"
#include "base/time.hpp"
#include "base/token_bucket.hpp"

#include <array>
#include <map>

namespace meshhost::relay::proto {

struct admission_limits {
    std::size_t connections = 10'000;
    std::size_t per_address = 0;    ///< of one IPv4 address or IPv6 /64; 0: without limit
    std::size_t half_open = 1'000;  ///< not authenticated yet
    double accepts_per_second = 0;  ///< 0: without limit
    double accepts_burst = 0;
};

enum class admission_verdict : std::uint8_t {
    welcome,
    full,
    address_full,
    half_open_full,
    too_fast,
};

/// Holds one entry for each network that has a connection.
class admission {
public:
    explicit admission(const admission_limits& limits);

    /// A connection that is welcome counts from here on, as half open.
    admission_verdict admit(const ip_endpoint& from, time_point now);
    /// One of `from` is not half open any more.
    void settle() noexcept;
    /// One of `from` is gone.
    void release(const ip_endpoint& from, bool was_half_open);

    std::size_t connections() const noexcept { return connections_; }
    std::size_t half_open() const noexcept { return half_open_; }
    std::size_t networks() const noexcept { return networks_.size(); }

private:
    using network = std::array<std::uint8_t, 9>;  ///< the family, and what counts of the address

    static network network_of(const ip_endpoint& from) noexcept;

    admission_limits limits_;
    token_bucket pace_;
    std::map<network, std::size_t> networks_;
    std::size_t connections_ = 0;
    std::size_t half_open_ = 0;
};

}  // namespace meshhost::relay::proto
