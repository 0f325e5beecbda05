// SPDX-License-Identifier: Apache-2.0
#pragma once
// Finds out with one server of two addresses how a NAT maps and filters (RFC 5780 §4.3, §4.4).
// Shape: an operation, which says what to ask next.
//
// What is let in is told by answers from addresses that were not sent to, so it is asked from
// another socket than what is mapped. One socket for both would not do in either order: a router
// that takes an answer nobody asked for as its own flow (Linux does) gives what we send there later
// another port.
#include "nat/proto/nat_behaviour.hpp"
#include "nat/proto/stun_client.hpp"

#include <array>
#include <optional>

namespace meshhost::nat::proto {

/// Whether a server that says so of itself has a second address that it can be: an address of the
/// same kind as the one it was asked at, with another host and another port. Whoever names
/// somebody else there makes us send him a few packets.
bool is_second_address(const ip_endpoint& server, const ip_endpoint& other) noexcept;

/// All questions are asked at the same time.
class nat_discovery {
public:
    enum class question : std::uint8_t {
        filter_port,  ///< answer from the same host, another port
        filter_both,  ///< and from another host
        map_address,  ///< what another host sees
        map_both,     ///< and what it sees at its other port
    };
    static constexpr std::size_t questions_max = 4;

    /// `server` saw `seen` and is at `other`, too. Precondition: is_second_address().
    nat_discovery(const ip_endpoint& server, const ip_endpoint& other, const ip_endpoint& seen);

    static constexpr std::array<question, questions_max> questions{
        question::filter_port,
        question::filter_both,
        question::map_address,
        question::map_both};
    /// Those from the socket that never sends to the server's other addresses.
    static constexpr bool is_of_filter(question which) noexcept {
        return which == question::filter_port || which == question::filter_both;
    }
    stun_question request(question which) const;

    void handle_answer(question which, const ip_endpoint& seen);
    /// `why`: silence tells of a filter, an error of a server that does not do that.
    void handle_failure(question which, stun_failure why);

    bool is_over() const noexcept;
    /// What is known so far. `local`: this machine's own addresses.
    nat_mapping mapping(std::span<const ip_endpoint> local) const;
    nat_filtering filtering() const;

private:
    struct state {
        std::optional<ip_endpoint> seen;
        std::optional<stun_failure> failed;
        bool is_done() const noexcept { return seen || failed; }
    };
    state& of(question which) noexcept { return states_[static_cast<std::size_t>(which)]; }
    const state& of(question which) const noexcept {
        return states_[static_cast<std::size_t>(which)];
    }

    ip_endpoint server_;
    ip_endpoint other_;
    ip_endpoint seen_;
    std::array<state, questions_max> states_{};
};

}  // namespace meshhost::nat::proto
