// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the transport holds and has done, for `meshctl probe`, tests and metrics. At rest every
// "live" figure returns to where it was before the first connection.
#include "quic/close_reason.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace meshhost::transport {

struct probe {
    // held now
    std::size_t connections = 0;  ///< alive, closing ones included
    std::size_t half_open = 0;    ///< accepted, handshake not complete
    std::size_t streams = 0;
    std::size_t timers = 0;           ///< connections with a deadline armed
    std::size_t connection_ids = 0;   ///< in the demultiplexer
    std::size_t paths = 0;            ///< path ids in use by a connection
    std::size_t paths_cached = 0;     ///< seen, not in use; bounded
    std::size_t session_tickets = 0;  ///< for 0-RTT; bounded
    std::size_t address_tokens = 0;   ///< NEW_TOKENs by peer; bounded
    std::size_t tls_sessions = 0;
    std::size_t send_bytes = 0;  ///< queued in stream send buffers
    std::size_t closing = 0;     ///< of the connections: ended, their ids reserved
    std::size_t objects = 0;     ///< of ngtcp2, one for each of the others
    std::size_t handles = 0;     ///< connections as their users hold them, failed dials included
    // counted since the start
    std::uint64_t opened = 0;
    std::uint64_t closed = 0;
    std::uint64_t streams_opened = 0;
    std::uint64_t streams_closed = 0;
    std::array<std::uint64_t, quic::close_cause_count>
        closed_by_cause{};  ///< indexed by close_cause
    std::uint64_t datagrams_received = 0;
    std::uint64_t datagrams_sent = 0;
    std::uint64_t datagrams_dropped = 0;  ///< not QUIC, unknown, over a limit
    std::uint64_t bytes_received = 0;     ///< in datagrams, those that were dropped included
    std::uint64_t bytes_sent = 0;
    std::uint64_t retries_sent = 0;
    std::uint64_t resets_sent = 0;
    std::uint64_t early_data_accepted = 0;
};

}  // namespace meshhost::transport
