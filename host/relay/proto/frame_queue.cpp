// SPDX-License-Identifier: Apache-2.0
#include "relay/proto/frame_queue.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <cstring>

namespace meshhost::relay::proto {

bool frame_queue::make_room(std::size_t size) {
    if (size > bytes_max_ || frames_max_ == 0) return false;
    while (frames() >= frames_max_ || bytes() + size > bytes_max_)
        if (!drop_oldest()) return false;
    return true;
}

void frame_queue::close(std::uint32_t weight) {
    MH_ASSERT(bytes_.size() > closed_, "a frame has bytes");
    frames_.push_back({static_cast<std::uint32_t>(bytes_.size() - closed_), weight});
    closed_ = bytes_.size();
}

void frame_queue::take(std::size_t count) {
    MH_ASSERT(count <= bytes(), "what is written was waiting");
    begin_ += count;
    first_done_ += count;
    while (!empty() && first_done_ >= frames_[next_].size) {
        first_done_ -= frames_[next_].size;
        ++written_.frames;
        written_.weight += frames_[next_].weight;
        ++next_;
    }
    forget_taken();
}

/// The first frame, or the second when a part of the first is written: the rest of the first then
/// moves over it.
bool frame_queue::drop_oldest() {
    const std::size_t victim = next_ + (is_in_frame() ? 1 : 0);
    if (victim >= frames_.size()) return false;
    const frame gone = frames_[victim];
    if (is_in_frame()) {
        const std::size_t rest = frames_[next_].size - first_done_;
        std::memmove(bytes_.data() + begin_ + gone.size, bytes_.data() + begin_, rest);
        frames_[victim] = frames_[next_];
    }
    begin_ += gone.size;
    ++next_;
    ++dropped_.frames;
    dropped_.weight += gone.weight;
    forget_taken();
    return true;
}

void frame_queue::drop_unbegun() {
    while (drop_oldest()) {
    }
}

void frame_queue::clear() {
    drop_unbegun();
    if (empty()) return;
    ++dropped_.frames;
    dropped_.weight += frames_[next_].weight;
    bytes_.clear();
    frames_.clear();
    begin_ = next_ = closed_ = first_done_ = 0;
}

/// The front of both buffers is free; it is given up when it is the larger part, so that each byte
/// is moved once on average.
void frame_queue::forget_taken() {
    if (begin_ * 2 >= bytes_.size()) {
        bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(begin_));
        closed_ -= begin_;
        begin_ = 0;
    }
    if (next_ * 2 >= frames_.size()) {
        frames_.erase(frames_.begin(), frames_.begin() + static_cast<std::ptrdiff_t>(next_));
        next_ = 0;
    }
}

void frame_queue::trim() {
    if (!empty()) return;
    byte_buffer().swap(bytes_);
    std::vector<frame>().swap(frames_);
    begin_ = next_ = closed_ = first_done_ = 0;
}

}  // namespace meshhost::relay::proto
