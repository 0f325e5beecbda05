// SPDX-License-Identifier: Apache-2.0
#pragma once
// The bytes of one unidirectional stream: frames behind a u32 big-endian length, the first of
// which is the topic id. Every stream of a connection has its own reader.
#include "base/bytes.hpp"
#include "base/error.hpp"
#include "identity/topic_id.hpp"

#include <optional>

namespace meshhost::gossip::proto {

/// Holds at most one unfinished frame between calls. Not reusable after an error.
class topic_stream_reader {
public:
    /// Takes what the stream brought. Call poll() until nullopt before the next feed().
    void feed(bytes_view data);

    /// The next message's frame body, valid until the next call on the reader; nullopt: feed
    /// more, or look at error().
    std::optional<bytes_view> poll();

    /// Known as soon as poll() has read the header.
    const std::optional<identity::topic_id>& topic() const noexcept { return topic_; }

    /// frame_too_large or bad_header; sticky.
    error_code error() const noexcept { return error_; }

    /// Bytes held: below one whole frame after poll() gave nullopt. A stream that ends with fewer
    /// than frame_length_size of them ended cleanly.
    std::size_t held() const noexcept { return buffer_.size() - read_; }

private:
    std::optional<bytes_view> next_frame();

    byte_buffer buffer_;
    std::size_t read_ = 0;  ///< of buffer_, what poll() has handed out
    std::optional<identity::topic_id> topic_;
    error_code error_;
};

/// The first frame of every stream, with its length.
byte_buffer make_stream_header(const identity::topic_id& topic);

}  // namespace meshhost::gossip::proto
