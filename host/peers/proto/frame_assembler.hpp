// SPDX-License-Identifier: Apache-2.0
#pragma once
// Cuts a stream into frames: type (one byte), payload length (two bytes, big-endian), payload.
// Knows no types; digest_message.hpp does.
#include "base/bytes.hpp"
#include "base/error.hpp"

#include <optional>

namespace meshhost::peers::proto {

struct frame {
    std::uint8_t type = 0;
    bytes_view payload;  ///< valid until the next call on the assembler
};

/// Holds at most one unfinished frame. One stream's; not reusable after an error.
class frame_assembler {
public:
    /// Takes what the stream brought. Call poll() until nullopt before the next feed().
    void feed(bytes_view data);

    /// The next whole frame, or nullopt: feed more, or look at error().
    std::optional<frame> poll();

    /// too_large once a frame announced more than frame_payload_max; sticky.
    error_code error() const noexcept { return error_; }

    /// Bytes held: below one whole frame after poll() gave nullopt.
    std::size_t held() const noexcept { return buffer_.size() - read_; }

private:
    byte_buffer buffer_;
    std::size_t read_ = 0;  ///< of buffer_, what poll() has handed out
    error_code error_;
};

/// Appends one frame. Precondition: payload.size() <= frame_payload_max.
void append_frame(byte_buffer& out, std::uint8_t type, bytes_view payload);

}  // namespace meshhost::peers::proto
