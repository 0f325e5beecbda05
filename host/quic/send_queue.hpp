// SPDX-License-Identifier: Apache-2.0
#pragma once
// Stream bytes on their way out: kept until the peer acknowledged them, because ngtcp2 refers to
// them for retransmission. Bounded by the caller's limit.
#include "base/bytes.hpp"

#include <ngtcp2/ngtcp2.h>

#include <deque>
#include <memory>

namespace meshhost::quic {

class send_queue {
public:
    /// Copies as much of `data` as keeps the queue within `limit` bytes; says how much.
    std::size_t append(bytes_view data, std::size_t limit);

    /// Points `out` at the unsent bytes; the number of vectors filled.
    std::size_t unsent(std::span<ngtcp2_vec> out) const noexcept;
    std::size_t unsent_bytes() const noexcept { return end_ - sent_; }
    /// Unacknowledged and unsent.
    std::size_t held_bytes() const noexcept { return end_ - begin_; }
    /// Sent and unacknowledged.
    std::size_t bytes_under_way() const noexcept { return sent_ - begin_; }
    /// Stream offset of the first byte that is not acknowledged.
    std::uint64_t acknowledged() const noexcept { return begin_; }

    void mark_sent(std::size_t bytes) noexcept { sent_ += bytes; }
    /// Frees `bytes` more that the peer has in order.
    void mark_acknowledged(std::size_t bytes) noexcept;
    /// Nothing counts as sent any more: the server rejected early data.
    void rewind() noexcept { sent_ = begin_; }
    /// What was not sent never will be. What was stays: ngtcp2 may still refer to it.
    void drop_unsent() noexcept;

private:
    struct chunk {
        std::unique_ptr<std::uint8_t[]> bytes;
        std::size_t capacity = 0;
        std::size_t used = 0;
    };

    std::deque<chunk> chunks_;
    std::uint64_t front_ = 0;  ///< stream offset of the first chunk's first byte
    std::uint64_t begin_ = 0;  ///< first unacknowledged byte
    std::uint64_t sent_ = 0;   ///< first unsent byte
    std::uint64_t end_ = 0;
};

}  // namespace meshhost::quic
