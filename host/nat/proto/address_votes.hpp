// SPDX-License-Identifier: Apache-2.0
#pragma once
// As what others see this host: every relay, peer and STUN server that is sent to says where it
// came from, and any of them may lie or be behind our NAT with us. Shape: a table.
#include "base/ip_endpoint.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace meshhost::nat::proto {

/// Who says so. Servers are those the operator named: one of them is believed for want of better.
enum class voter_kind : std::uint8_t { relay, stun, peer };

/// "relay".
const char* to_string(voter_kind kind) noexcept;

struct voter {
    voter_kind kind = voter_kind::peer;
    ip_endpoint at;  ///< what we sent to: a NAT may choose another port for each of them

    friend bool operator==(const voter&, const voter&) = default;
};

struct vote_config {
    duration lifetime =
        10min;  ///< of a vote that is not repeated (a guess; iroh looks every 5 min)
    /// What servers say within it is of one mapping, unless the NAT has one for each of them. Half
    /// of the shortest that NATs keep one for (RFC 4787 §4.3 allows 2 min, some take 30 s).
    duration same_time = 15s;
    std::size_t voters_max = 32;
};

struct seen_address {
    ip_endpoint address;
    std::size_t votes = 0;   ///< of different hosts
    bool is_agreed = false;  ///< two hosts say so, or more: else it is one server's word
};

/// Whether a NAT gives each destination another port (RFC 4787 §4.1).
enum class mapping_spread : std::uint8_t {
    unknown,  ///< fewer than two servers said anything lately
    same,
    varies,
};

/// Of one UDP socket and what was sent from it: what a relay sees of a TCP connection is no vote.
/// One thread. Bounded: voters_max voters, of which the longest silent gives way; servers never
/// give way to peers.
class address_votes {
public:
    explicit address_votes(const vote_config& config = {})
        : config_(config) {}

    /// A voter has one vote a family: the last. False: no address that anybody could send to, or
    /// one that this voter can know nothing of (a loopback address, said by another machine).
    bool note(const voter& who, const ip_endpoint& seen, time_point now);
    /// The network is another one: nothing of it holds.
    void clear() noexcept { votes_.clear(); }

    /// What is worth telling others, most votes first and of equals the newest; at most
    /// addresses_max. Hosts have one vote, however many ports or addresses of one /64 they have.
    /// What only one peer says is not told.
    static constexpr std::size_t addresses_max = 3;
    std::vector<seen_address> addresses(ip_family family, time_point now) const;

    /// By what servers say within one moment; peers are not asked.
    mapping_spread spread(ip_family family, time_point now) const;

    std::size_t voters() const noexcept { return votes_.size(); }
    /// Asserts what must hold between calls.
    void check_invariants() const;

private:
    struct vote {
        voter who;
        ip_endpoint seen;
        time_point at{};
    };
    bool make_room(voter_kind asking, time_point now);
    bool is_alive(const vote& one, time_point now) const noexcept;

    vote_config config_;
    std::vector<vote> votes_;
};

}  // namespace meshhost::nat::proto
