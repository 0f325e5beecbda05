// SPDX-License-Identifier: Apache-2.0
#include "quic/packet_writer.hpp"

#include <cstring>

namespace meshhost::quic {

std::span<std::uint8_t> packet_writer::room(std::size_t size) {
    if (filled_ + size > train_bytes_max) finish();
    return {buffer_.data() + filled_, size};
}

void packet_writer::commit(path_id path, std::uint8_t ecn, std::size_t size) {
    const bool fits = segments_ == 0 || (path == path_ && ecn == ecn_ && size <= segment_size_);
    if (!fits) {
        std::size_t const start = filled_;
        finish();
        std::memmove(buffer_.data(), buffer_.data() + start, size);
    }
    if (segments_ == 0) {
        path_ = path;
        ecn_ = ecn;
        segment_size_ = size;
    }
    filled_ += size;
    ++segments_;
    ++packets_;
    bytes_ += size;
    // A shorter segment can only be the last of its train.
    if (size < segment_size_ || segments_ == segments_max) finish();
}

void packet_writer::finish() {
    if (segments_ == 0) return;
    if (!blocked_) blocked_ = !port_.send({path_, {buffer_.data(), filled_}, segment_size_, ecn_});
    filled_ = 0;
    segments_ = 0;
}

}  // namespace meshhost::quic
