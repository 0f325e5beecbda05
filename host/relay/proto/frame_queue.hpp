// SPDX-License-Identifier: Apache-2.0
#pragma once
// Bytes on their way to one socket, frame by frame: bounded in frames and in bytes. When full the
// oldest give way to the newest, because a datagram is worth less the longer it waits; never one of
// which a part is written already.
#include "base/bytes.hpp"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace meshhost::relay::proto {

/// One frame is written at a time: make_room(), append to open(), close(). Costs nothing but
/// itself when it has been trimmed.
class frame_queue {
public:
    frame_queue(std::size_t frames_max, std::size_t bytes_max) noexcept
        : frames_max_(frames_max)
        , bytes_max_(bytes_max) {}

    /// Room for a frame of `size` bytes: drops the oldest until there is. false: there is none
    /// even so.
    bool make_room(std::size_t size);
    /// Where the bytes of the next frame are to be appended.
    byte_buffer& open() noexcept { return bytes_; }
    /// What was appended is one frame. `weight`: the bytes of datagrams in it, for the books.
    void close(std::uint32_t weight);

    bool empty() const noexcept { return next_ == frames_.size(); }
    std::size_t frames() const noexcept { return frames_.size() - next_; }
    std::size_t bytes() const noexcept { return bytes_.size() - begin_; }
    std::size_t capacity() const noexcept {
        return bytes_.capacity() + frames_.capacity() * sizeof(frame);
    }

    /// All that waits, in order; valid until the next call that changes it.
    bytes_view waiting() const noexcept { return bytes_view(bytes_).subspan(begin_); }
    /// A part of the first frame is written already.
    bool is_in_frame() const noexcept { return first_done_ > 0; }
    /// What is left of the first frame. Precondition: not empty.
    bytes_view rest_of_first() const noexcept {
        return waiting().first(frames_[next_].size - first_done_);
    }
    /// The first `count` bytes of waiting() are written.
    void take(std::size_t count);

    /// Drops the oldest of which nothing is written yet; false: there is none.
    bool drop_oldest();
    void drop_unbegun();
    /// Drops everything, a frame that is partly written, too: its socket is gone.
    void clear();
    /// Gives memory back that nothing waits in.
    void trim();

    struct tally {
        std::uint64_t frames = 0;
        std::uint64_t weight = 0;
    };
    /// Frames that are written, or were dropped, since the last call.
    tally take_written() noexcept { return std::exchange(written_, {}); }
    tally take_dropped() noexcept { return std::exchange(dropped_, {}); }

private:
    struct frame {
        std::uint32_t size;
        std::uint32_t weight;
    };

    void forget_taken();

    std::size_t frames_max_;
    std::size_t bytes_max_;
    byte_buffer bytes_;
    std::vector<frame> frames_;
    std::size_t begin_ = 0;       ///< of what waits, in bytes_
    std::size_t next_ = 0;        ///< the first that waits, in frames_
    std::size_t closed_ = 0;      ///< the end of the last closed frame, in bytes_
    std::size_t first_done_ = 0;  ///< bytes of the first frame that are written
    tally written_;
    tally dropped_;
};

}  // namespace meshhost::relay::proto
