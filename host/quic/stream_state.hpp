// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a connection knows of one of its streams.
#include "base/strong_id.hpp"
#include "base/time.hpp"
#include "quic/send_queue.hpp"

#include <optional>

namespace meshhost::quic {

struct stream_state {
    stream_id id;
    send_queue out;
    std::size_t unconsumed = 0;  ///< delivered, credit not given back yet
    bool fin_queued = false;     ///< the application ended the sending side
    bool fin_sent = false;
    bool scheduled = false;       ///< waits in the connection's ready queue
    bool wants_writable = false;  ///< a write was cut short
    bool sending_done = false;    ///< reset by us, or the peer stopped it
    bool fin_delivered = false;
    bool reading_done = false;  ///< reset by the peer, or stopped by us
    /// Of the byte at `offset` nothing is heard, and it is under way, since `since` or before.
    struct standstill {
        std::uint64_t offset = 0;
        time_point since{};
    };
    std::optional<standstill> standstill{};
    std::optional<std::uint64_t> reset_code{};
    std::optional<std::uint64_t> stop_code{};

    bool waits_to_write() const noexcept {
        return !sending_done && (has_output() || wants_writable);
    }
    bool has_output() const noexcept {
        return !sending_done && (out.unsent_bytes() > 0 || (fin_queued && !fin_sent));
    }
};

}  // namespace meshhost::quic
