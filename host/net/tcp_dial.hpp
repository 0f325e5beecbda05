// SPDX-License-Identifier: Apache-2.0
#pragma once
// A TCP connection to a name, whichever of its addresses answers first: IPv6 and IPv4 by turns, the
// next one begun when the one before has failed or taken 250 ms (RFC 8305).
#include "base/error.hpp"
#include "base/time.hpp"
#include "base/unique_fd.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace meshhost::net {

class shard;

struct tcp_target {
    std::string host;  ///< a name, or an address; an IPv6 one without brackets
    std::uint16_t port = 0;
    int segment_max = 0;  ///< bytes of TCP in a packet, either way; 0: as the kernel sees fit
};

enum class tcp_fault : std::uint8_t { none, no_such_name, unreachable };

struct tcp_result {
    unique_fd socket;  ///< does not block; none: see fault
    tcp_fault fault = tcp_fault::none;
    std::string cause;  ///< for people
};

/// Begins when made. Destroyed before it told: never tells, and waits for nothing; the system's
/// resolver may hold a thread until it gives up. One thread: the shard's, which outlives it.
class tcp_dial {
public:
    static constexpr std::size_t addresses_max = 8;
    static constexpr duration stagger = 250ms;

    /// `tell` is called once, never from inside the constructor; it may destroy the dial. There is
    /// no time limit but the kernel's: whoever waits has one.
    using teller = std::function<void(tcp_result)>;
    tcp_dial(shard& owner, tcp_target to, teller tell);
    tcp_dial(const tcp_dial&) = delete;
    tcp_dial& operator=(const tcp_dial&) = delete;
    ~tcp_dial();

private:
    struct state;
    std::shared_ptr<state> state_;  ///< shared with completions still in flight
};

}  // namespace meshhost::net
