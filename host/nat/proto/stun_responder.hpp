// SPDX-License-Identifier: Apache-2.0
#pragma once
// A STUN server (RFC 8489 §6.3, §12) that tells whoever asks where it sees him, and nothing else:
// Binding requests, no credentials, no second address. What it sends is small and bounded, since
// anybody can ask in another's name.
#include "base/token_bucket.hpp"
#include "nat/proto/stun_message.hpp"

#include <vector>

namespace meshhost::nat::proto {

struct responder_limits {
    /// Of one IPv4 address or IPv6 /64, behind which hundreds of hosts may be: one asks every 20 s.
    double source_per_second = 20;
    double source_burst = 60;
    /// Of all. An answer has 52 bytes at most: 0.5 MB/s.
    double all_per_second = 10'000;
    double all_burst = 10'000;
};

struct responder_counts {
    std::uint64_t requests = 0;   ///< Binding requests
    std::uint64_t answered = 0;   ///< of these, with an address
    std::uint64_t refused = 0;    ///< with an error: they want what this server has not
    std::uint64_t limited = 0;    ///< with nothing: too many
    std::uint64_t malformed = 0;  ///< datagrams that are no Binding requests
};

/// Pure: (now, who, what) → what to send back. One thread. Holds 128 KiB, whoever asks.
class stun_responder {
public:
    /// Sources share a limit when their hashes meet: so many slots, none of which an attacker who
    /// does not know the seed can choose.
    static constexpr std::size_t slots = 2'048;

    explicit stun_responder(std::uint64_t seed, responder_limits limits = {});

    /// nullopt: nothing is sent. What is sent goes to `from`, from where the request came to.
    std::optional<byte_buffer> handle(bytes_view datagram, const ip_endpoint& from, time_point now);

    const responder_counts& counts() const noexcept { return counts_; }

private:
    std::size_t slot_of(const ip_endpoint& from) const;

    std::uint64_t seed_;
    token_bucket all_;
    std::vector<token_bucket> sources_;
    responder_counts counts_;
};

}  // namespace meshhost::nat::proto
